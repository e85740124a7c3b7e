"""Those who speak HTTP slowly, at length or not at all; and who comes too often."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from prometheus_client import CollectorRegistry

from chat_server.transport.addresses import Addresses
from chat_server.transport.hosts import Hosts
from chat_server.transport.http.app import build_http
from chat_server.transport.http.line import HttpLine, http_line
from chat_server.transport.http.reception import Reception
from chat_server.usecases.identity.people import NewPerson
from chat_server.usecases.messaging.pace import Pace
from tests.front_desk import FrontDesk, desk, wide_reception

__all__ = ["desk"]

GET = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"
WIDE = Pace(10**9, 10**9)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Line:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def answer(self) -> Answer:
        head = (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 10)).decode()
        status, *lines = head.strip().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        return Answer(int(status.split()[1]), headers, body)

    async def ask(self, path: str = "/healthz", **headers: str) -> Answer:
        lines = {"host": "x", **{name.replace("_", "-"): said for name, said in headers.items()}}
        told = "".join(f"{name}: {said}\r\n" for name, said in lines.items())
        self.writer.write(f"GET {path} HTTP/1.1\r\n{told}\r\n".encode())
        return await self.answer()

    async def rest(self) -> bytes:
        """All until the server hangs up."""
        return await asyncio.wait_for(self.reader.read(), 10)


@dataclass
class Served:
    port: int
    lines: type[HttpLine]
    opened: list[Line] = field(default_factory=list)

    async def line(self) -> Line:
        self.opened.append(Line(*await asyncio.open_connection("127.0.0.1", self.port)))
        return self.opened[-1]

    async def hang_up(self) -> None:
        for line in self.opened:
            line.writer.transport.abort()
            with suppress(OSError):
                await line.writer.wait_closed()


@asynccontextmanager
async def serving(
    desk: FrontDesk, folder: Path, reception: Reception | None = None, **limits: float
) -> AsyncIterator[Served]:
    (folder / "index.html").write_text("<title>customer</title>")
    (folder / "assets").mkdir()
    (folder / "assets" / "large.js").write_bytes(b"x" * 16 * 1024 * 1024)
    app = build_http(
        desk.cases,
        checks={},
        registry=CollectorRegistry(),
        web_dist=folder,
        reception=reception or wide_reception(desk.clock),
    )
    lines = http_line()
    for name, value in limits.items():
        setattr(lines, name, value)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(
            app, http=lines, ws="none", lifespan="off", log_config=None, proxy_headers=False
        )
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:  # noqa: ASYNC110 - uvicorn offers no event for it
            await asyncio.sleep(0.01)
        served = Served(listening.getsockname()[1], lines)
        yield served
        await served.hang_up()
        server.should_exit = True
        await running


@pytest.fixture
async def hasty(desk: FrontDesk, tmp_path: Path) -> AsyncIterator[Served]:
    """A server with very little patience."""
    async with serving(desk, tmp_path, head_s=0.2, stall_s=0.2) as served:
        yield served


async def test_who_says_nothing_is_hung_up_on(hasty):
    assert await (await hasty.line()).rest() == b""


async def test_who_sends_headers_drop_by_drop_is_told_and_hung_up_on(hasty):
    line = await hasty.line()
    line.writer.write(b"GET / HTTP/1.1\r\nhost: x\r\ny: ")
    told = asyncio.create_task(line.rest())
    while not told.done():
        line.writer.write(b"y")
        await asyncio.sleep(0.01)
    assert (await told).startswith(b"HTTP/1.1 408")


async def test_a_second_request_has_to_come_in_time_as_well(hasty):
    line = await hasty.line()
    assert (await line.ask()).status == 200
    line.writer.write(GET[:10])
    assert (await line.rest()).startswith(b"HTTP/1.1 408")


async def test_a_body_nobody_waits_for_may_not_drip_in_for_ever(hasty):
    line = await hasty.line()
    line.writer.write(b"GET /healthz HTTP/1.1\r\nhost: x\r\ncontent-length: 60000\r\n\r\n")
    assert (await line.answer()).status == 200
    ended = asyncio.create_task(line.rest())
    while not ended.done():
        line.writer.write(b" ")
        await asyncio.sleep(0.01)
    assert await ended == b""


async def test_headers_without_end_are_refused(desk, tmp_path):
    async with serving(desk, tmp_path) as served:
        line = await served.line()
        line.writer.write(b"GET / HTTP/1.1\r\nhost: x\r\n")
        for number in range(340):
            line.writer.write(f"x-{number}: {'y' * 100}\r\n".encode())
        assert b"HTTP/1.1 431" in (await line.rest())[:20]


async def test_an_answer_that_is_not_read_is_given_up(hasty):
    line = await hasty.line()
    line.writer.transport.pause_reading()  # type: ignore[attr-defined] # a socket's has it
    line.writer.write(b"GET /assets/large.js HTTP/1.1\r\nhost: x\r\n\r\n")
    async with asyncio.timeout(10):
        while not hasty.lines.lines:  # noqa: ASYNC110 - the line has no event for it
            await asyncio.sleep(0.01)
        while hasty.lines.lines:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)
    line.writer.transport.abort()


async def test_more_lines_than_there_is_room_for_are_told_so_and_the_others_go_on(desk, tmp_path):
    async with serving(desk, tmp_path, most=3) as served:
        lines = [await served.line() for _ in range(3)]
        for line in lines:
            assert (await line.ask()).status == 200
        assert (await (await served.line()).rest()).startswith(b"HTTP/1.1 503")
        assert (await lines[0].ask()).status == 200
        lines[1].writer.close()
        await lines[1].writer.wait_closed()
        async with asyncio.timeout(5):
            while len(served.lines.lines) == 3:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.01)
        assert (await (await served.line()).ask()).status == 200


@pytest.mark.parametrize(
    "noise",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # somebody tries TLS
        b"\x00" * 100,
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999999999999999\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nhost: x\r\nbad header\r\n\r\n",
    ],
    ids=range(8),
)
async def test_what_is_no_http_gets_a_400_and_no_more(hasty, noise):
    line = await hasty.line()
    line.writer.write(noise)
    said = await line.rest()
    assert said.startswith(b"HTTP/1.1 400")
    assert b"Traceback" not in said
    assert (await (await hasty.line()).ask()).status == 200


def slow(desk: FrontDesk, trusted: tuple[str, ...] = ("127.0.0.0/8",)) -> Reception:
    return Reception(
        desk.clock,
        person=Pace(3, 1.0),
        staff=Pace(6, 1.0),
        address=Pace(5, 0.5),
        addresses=Addresses(trusted),
    )


async def test_an_address_that_comes_too_often_is_told_when_to_come_again(desk, tmp_path):
    async with serving(desk, tmp_path, slow(desk)) as served:
        line = await served.line()
        far = {"x_forwarded_for": "203.0.113.7"}
        found = [await line.ask("/", **far) for _ in range(7)]
        assert [answer.status for answer in found] == [200] * 5 + [429] * 2
        assert found[-1].headers["retry-after"] == "2"
        assert b'"rate_limited"' in found[-1].body
        assert found[-1].headers["x-content-type-options"] == "nosniff"
        assert (await line.ask("/", x_forwarded_for="203.0.113.8")).status == 200
        assert (await line.ask("/healthz", **far)).status == 200
        desk.clock.move(2)
        assert (await line.ask("/", **far)).status == 200


async def test_what_is_not_forwarded_by_a_trusted_proxy_is_not_believed(desk, tmp_path):
    async with serving(desk, tmp_path, slow(desk, trusted=())) as served:
        line = await served.line()
        for number in range(10):  # all of them are this machine, which is not slowed
            answer = await line.ask("/", x_forwarded_for=f"203.0.113.{number}")
            assert answer.status == 200


async def test_a_visitor_cannot_hide_behind_made_up_hops(desk, tmp_path):
    async with serving(desk, tmp_path, slow(desk)) as served:
        line = await served.line()
        found = [
            (await line.ask("/", x_forwarded_for=f"198.51.100.{n}, 203.0.113.7")).status
            for n in range(7)
        ]
        assert found == [200] * 5 + [429] * 2


async def test_a_person_who_asks_too_much_is_slowed_and_staff_less(desk, tmp_path):
    async with serving(desk, tmp_path, slow(desk)) as served:
        line = await served.line()
        for user, passed in (("zhangwei", 3), ("wangfang", 6)):
            token = (await desk.log_in(user)).access_token
            asked = [
                await line.ask("/v1/me", authorization=f"Bearer {token}") for _ in range(passed + 2)
            ]
            assert [one.status for one in asked] == [200] * passed + [429] * 2
            assert asked[-1].headers["retry-after"] == "1"


async def test_people_of_load_tests_are_not_slowed(desk, tmp_path):
    load = NewPerson(
        user="load", name="Load", role="customer", password="load-load", branch="hq", unlimited=True
    )
    await desk.add_person(load, actor="test")
    async with serving(desk, tmp_path, slow(desk)) as served:
        line, token = (
            await served.line(),
            (await desk.log_in("load", password="load-load")).access_token,
        )
        for _ in range(10):
            assert (await line.ask("/v1/me", authorization=f"Bearer {token}")).status == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8080", 200),
        ("127.0.0.1", 200),
        ("[::1]:8080", 200),
        ("evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("localhost.evil.example:8080", 403),
        ("chat.bank.example", 200),
        ("", 403),
        ("[", 403),
    ],
)
async def test_in_demonstration_mode_only_names_of_this_machine_count(desk, tmp_path, host, status):
    reception = Reception(
        desk.clock,
        person=WIDE,
        staff=WIDE,
        address=WIDE,
        hosts=Hosts(only_here=True, origins=["https://chat.bank.example"]),
    )
    async with serving(desk, tmp_path, reception) as served:
        assert (await (await served.line()).ask("/", host=host)).status == status
