"""The HTTP app under the server that carries it, over real sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest
import uvicorn
from prometheus_client import CollectorRegistry

from chat_server.transport.http.app import build_http
from chat_server.transport.http.line import http_line
from tests.front_desk import FrontDesk, desk, wide_reception

__all__ = ["desk"]

LOGIN = {"user": "zhangwei", "password": "demo-zhangwei", "device": "phone"}


@pytest.fixture
async def port(desk: FrontDesk, tmp_path: Path) -> AsyncIterator[int]:
    (tmp_path / "index.html").write_text("<title>customer</title>")
    app = build_http(
        desk.cases,
        checks={},
        registry=CollectorRegistry(),
        web_dist=tmp_path,
        reception=wide_reception(desk.clock),
    )
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(
            uvicorn.Config(app, http=http_line(), log_level="error", lifespan="off", ws="none")
        )
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:  # noqa: ASYNC110 - uvicorn offers no event for it
            await asyncio.sleep(0.01)
        yield listening.getsockname()[1]
        server.should_exit = True
        await serving


@pytest.fixture
async def http(port: int) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        yield client


async def test_a_person_logs_in_and_asks_who_they_are(http: httpx2.AsyncClient) -> None:
    tokens = (await http.post("/v1/login", json=LOGIN)).json()
    bearer = {"authorization": f"Bearer {tokens['access_token']}"}
    assert (await http.get("/v1/me", headers=bearer)).json()["user"] == "zhangwei"
    origin = {"origin": str(http.base_url).rstrip("/")}
    assert (await http.get("/v1/me", headers=bearer | origin)).status_code == 200


@pytest.mark.parametrize("path", ["/v1/login", "/v1/logout", "/v1/nothing", "/"])
async def test_who_sends_an_endless_body_is_hung_up_on(
    http: httpx2.AsyncClient, port: int, path: str
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"POST {path} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n".encode())
    chunk = b"10000\r\n" + b" " * 65_536 + b"\r\n"
    sent = 0
    with suppress(ConnectionError):
        async with asyncio.timeout(20):
            while not reader.at_eof():
                writer.write(chunk)
                await writer.drain()
                await asyncio.sleep(0)
                sent += len(chunk)
    assert sent < 16 * 1024 * 1024
    writer.close()
    assert (await http.post("/v1/login", json=LOGIN)).status_code == 200


async def test_a_body_over_the_limit_gets_its_word(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/v1/login", content=b" " * (1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_long")


async def test_a_client_that_leaves_in_the_middle_does_no_harm(
    http: httpx2.AsyncClient, port: int
) -> None:
    for _ in range(5):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /v1/login HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{")
        await writer.drain()
        writer.close()
        await writer.wait_closed()
    assert (await http.post("/v1/login", json=LOGIN)).status_code == 200


async def test_hundred_people_at_once_are_all_answered(http: httpx2.AsyncClient) -> None:
    answers = await asyncio.gather(
        *(http.post("/v1/login", json={**LOGIN, "device": f"d{n}"}) for n in range(40)),
        *(http.get("/") for _ in range(60)),
    )
    logged_in = [answer.status_code for answer in answers[:40]]
    assert set(logged_in) <= {200, 409}  # five devices a person, however many ask at once
    assert logged_in.count(200) <= 5
    assert {answer.status_code for answer in answers[40:]} == {200}
