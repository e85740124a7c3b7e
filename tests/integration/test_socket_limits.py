"""Who is let in, what is refused, and what each close code says."""

from __future__ import annotations

import asyncio
import json
import random
import struct
from collections.abc import AsyncIterator

import pytest
from websockets.exceptions import InvalidStatus
from websockets.frames import Frame, Opcode

from chat_server.domain.message import Head
from chat_server.transport.limits import SocketLimits
from tests.socket_house import DIRECT, House, Socket, fact, open_house


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with open_house(origins=("https://chat.bank.example",)) as house:
        yield house


async def raw(device: Socket, opcode: Opcode, payload: bytes, *, fin: bool = True):
    device.ws.transport.write(Frame(opcode, payload, fin).serialize(mask=True))


async def test_the_token_may_come_in_the_header(house):
    token = await house.token("ann")
    ann = await house.connect(additional_headers={"Authorization": f"Bearer {token}"})
    await ann.send(type="hello", id="h", device="phone")
    welcome = await ann.get()
    assert (welcome["type"], welcome["id"], welcome["user"]) == ("welcome", "h", "ann")
    assert welcome["session"] == "ann-phone"
    assert welcome["limits"]["frame_bytes"] == 65536
    windows = {key: welcome["limits"][key] for key in ("edit_s", "recall_s", "staff_recall_s")}
    assert windows == {"edit_s": 900, "recall_s": 120, "staff_recall_s": 86_400}


@pytest.mark.parametrize(
    ("path", "status"), [("/v1/ws?token=x", 400), ("/v1/other", 404), ("/", 404)]
)
async def test_the_socket_has_one_place_and_nothing_in_its_url(house, path, status):
    with pytest.raises(InvalidStatus) as refused:
        await house.connect(path=path)
    assert refused.value.response.status_code == status


@pytest.mark.parametrize(
    ("origin", "welcome"),
    [
        ("https://chat.bank.example", True),
        ("http://127.0.0.1:{port}", True),
        ("https://evil.example", False),
        ("https://chat.bank.example.evil.example", False),
        ("null", False),
        ("http://[", False),
    ],
)
async def test_only_our_own_pages_may_connect(house, origin, welcome):
    headers = {"Origin": origin.format(port=house.port)}
    if welcome:
        await house.connect(additional_headers=headers)
        return
    with pytest.raises(InvalidStatus) as refused:
        await house.connect(additional_headers=headers)
    assert refused.value.response.status_code == 403


async def test_the_subprotocol_is_agreed_on(house):
    assert (await house.connect(subprotocols=["x", "elian.v1"])).ws.subprotocol == "elian.v1"
    assert (await house.connect(subprotocols=None)).ws.subprotocol is None
    with pytest.raises(InvalidStatus):
        await house.connect(subprotocols=["elian.v9"])


async def test_firefox_is_let_in(house):
    """It sends `Connection: keep-alive, Upgrade`."""
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    writer.write(
        b"GET /v1/ws HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\n"
        b"Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    assert (await reader.readline()).startswith(b"HTTP/1.1 101")
    writer.close()


async def test_a_broken_upgrade_is_refused_and_leaves_nothing_behind(house):
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    writer.write(
        b"GET /v1/ws HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: no\r\n\r\n"
    )
    assert (await reader.readline()).startswith(b"HTTP/1.1 400")
    writer.close()
    await asyncio.sleep(0.05)
    assert not house.room.connections


async def test_a_wrong_token_closes_with_4401(house):
    for token in ("", "nonsense", (await house.token("ann"))[:-3] + "abc"):
        device = await house.connect()
        await device.send(type="hello", device="phone", token=token)
        assert (await device.closed())[0] == 4401


async def test_a_token_of_another_device_closes_with_4403(house):
    device = await house.connect()
    await device.send(type="hello", device="desk", token=await house.token("ann", "phone"))
    assert (await device.closed())[0] == 4403


async def test_a_revoked_session_closes_with_4409(house):
    token = await house.token("ann")
    await house.store.devices.revoke("ann-phone", 2, fact("session_revoked", "ann"))
    device = await house.connect()
    await device.send(type="hello", device="phone", token=token)
    assert (await device.closed())[0] == 4409


async def test_the_first_frame_must_be_hello(house):
    device = await house.connect()
    await device.send(type="ping", id="1")
    assert (await device.closed())[0] == 4408


async def test_without_hello_in_time_it_closes_with_4408():
    async with open_house(limits=SocketLimits(hello_s=0.2, tick_s=0.05)) as house:
        device = await house.connect()
        frame = Frame(Opcode.TEXT, b'{"type":"hello"}').serialize(mask=True)
        device.ws.transport.write(frame[:-3])  # a slow loris
        assert (await device.closed())[0] == 4408


async def test_silence_is_pinged_and_at_last_closed():
    limits = SocketLimits(ping_s=0.1, silent_s=0.5, tick_s=0.05)
    async with open_house(limits=limits) as house:
        device = await house.device("ann")
        await asyncio.sleep(1.0)
        assert await device.ask(type="ping", id="1") == {"type": "pong", "id": "1"}
        device.ws.transport.pause_reading()  # so that nothing answers the pings
        await asyncio.sleep(1.0)
        device.ws.transport.resume_reading()
        assert (await device.closed(2))[0] == 4408


BAD = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"hello"',
    b'{"type":"dance","id":"1"}',
    b'{"type":"send","id":"1"}',
    b'{"type":"send","id":"1","conv":"c","mid":"m","body":{"type":"card","card":{}}}',
    b'{"type":"send","id":"1","conv":"c","mid":"m","body":{"type":"text","text":""}}',
    b'{"type":"send","id":"1","conv":"c","mid":7,"body":{"type":"text","text":"x"}}',
    b'{"type":"ping","id":"1","more":true}',
    b'{"type":"read","conv":"c","seq":-1}',
    b'{"type":"read","conv":"c","seq":1e999}',
    b'{"type":"read","conv":"c","seq":99999999999999999999999}',
    b'{"type":"hello","id":"1","device":"phone"}',
    b'{"type":"history","id":"1","conv":"c","after":0,"limit":100000}',
    b'{"type":"send","a":' + b"[" * 30000,
]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad[:24].decode())
async def test_a_frame_that_is_none_is_told_so_and_the_connection_lives(house, bad):
    ann = await house.device("ann")
    await ann.ws.send(bad.decode())
    error = await ann.get()
    assert (error["type"], error["code"]) == ("error", "malformed")
    if b'"id":"1"' in bad:
        assert error["id"] == "1"
    assert "Traceback" not in json.dumps(error)
    assert await ann.ask(type="ping", id="2") == {"type": "pong", "id": "2"}


async def test_an_error_never_repeats_what_was_typed(house):
    ann = await house.device("ann")
    await ann.ws.send('{"type":"submit","id":"1","values":{"code":123456},"x":"654321"}')
    assert "123456" not in str(await ann.get())
    await ann.ws.send('{"type":"654321","id":"1"}')
    assert "654321" not in str(await ann.get())


async def test_too_long_a_text_is_refused(house):
    ann = await house.device("ann")
    assert (await ann.say(DIRECT, "m1", "字" * 4001))["code"] == "malformed"
    assert (await ann.say(DIRECT, "m1", "字" * 4000))["type"] == "ack"


@pytest.mark.parametrize("early", [True, False])
async def test_text_that_is_no_text_closes_with_4400(house, early):
    device = await house.connect() if early else await house.device("ann")
    await raw(device, Opcode.TEXT, b'{"type":"ping","id":"\xff\xfe"}')
    assert (await device.closed())[0] == 4400


async def test_binary_in_a_text_protocol_closes_with_4400(house):
    device = await house.device("ann")
    await device.ws.send(b"\x81\xa4type\xa4ping")
    assert (await device.closed())[0] == 4400


async def test_a_malformed_first_frame_closes_with_4400(house):
    device = await house.connect()
    await device.ws.send("hello?")
    assert (await device.closed())[0] == 4400


async def test_a_frame_over_64_kib_closes_with_1009(house):
    device = await house.device("ann")
    await device.ws.send("x" * (64 * 1024 + 1))
    assert (await device.closed())[0] == 1009


async def test_many_small_pieces_of_one_message_are_bounded_too(house):
    device = await house.device("ann")
    await raw(device, Opcode.TEXT, b"x" * 1000, fin=False)
    for _ in range(70):
        await raw(device, Opcode.CONT, b"x" * 1000, fin=False)
    assert (await device.closed())[0] == 1009


async def test_a_message_in_pieces_is_put_together(house):
    device = await house.device("ann")
    await raw(device, Opcode.TEXT, b'{"type":"pi', fin=False)
    await raw(device, Opcode.PING, b"between")
    await raw(device, Opcode.CONT, b'ng","id":"1"}')
    assert await device.get() == {"type": "pong", "id": "1"}


async def test_a_piece_of_nothing_closes_with_1002(house):
    device = await house.device("ann")
    await raw(device, Opcode.CONT, b"{}")
    assert (await device.closed())[0] == 1002


async def test_a_reserved_bit_closes_with_1002(house):
    device = await house.device("ann")
    frame = bytearray(Frame(Opcode.TEXT, b"{}").serialize(mask=True))
    frame[0] |= 0x40
    device.ws.transport.write(bytes(frame))
    assert (await device.closed())[0] == 1002


async def test_too_many_frames_that_are_none_close_with_4429(house):
    device = await house.device("ann")
    for _ in range(25):
        await device.ws.send("x")
    assert (await device.closed())[0] == 4429


@pytest.mark.parametrize("kind", ["pings of the protocol", "pings of the socket", "sends"])
async def test_ten_thousand_tiny_frames_close_with_4429(house, kind):
    device = await house.device("ann")
    ping = Frame(Opcode.PING, b"").serialize(mask=True)
    if kind == "pings of the protocol":
        ping = Frame(Opcode.TEXT, b'{"type":"ping"}').serialize(mask=True)
    if kind == "sends":
        body = b'{"type":"send","conv":"c","mid":"m","body":{"type":"text","text":"x"}}'
        ping = Frame(Opcode.TEXT, body).serialize(mask=True)
    device.ws.transport.write(ping * 10_000)
    assert (await device.closed())[0] == 4429


async def test_a_cut_line_leaves_nothing_behind(house):
    device = await house.device("ann")
    device.ws.transport.abort()
    await asyncio.sleep(0.05)
    assert not house.room.connections
    assert not house.room.fanout.roster.tails


async def test_one_device_has_so_many_sockets_and_no_more():
    async with open_house(limits=SocketLimits(sockets_per_session=2)) as house:
        await house.device("ann")
        await house.device("ann")
        third = await house.connect()
        await third.send(type="hello", device="phone", token=await house.token("ann"))
        assert (await third.closed())[0] == 4403
        await house.device("ann", "desk")


async def test_a_full_house_says_come_back_later():
    async with open_house(limits=SocketLimits(connections=1)) as house:
        await house.device("ann")
        reasons = []
        for _ in range(5):
            code, reason = await (await house.connect()).closed()
            assert code == 1013
            reasons.append(float(reason.removeprefix("retry_after=")))
        assert 1.0 <= min(reasons) < max(reasons) <= 5.0
        assert len(set(reasons)) == 5  # spread, so that they do not all come back at once


async def test_frames_sent_before_the_welcome_are_done_after_it(house):
    device = await house.connect()
    await device.send(type="hello", device="phone", token=await house.token("ann"))
    await device.send(type="ping", id="early")
    assert (await device.get())["type"] == "welcome"
    assert (await device.get())["id"] == "early"


async def test_a_stopping_server_acks_what_is_in_flight_and_closes_with_1012(house):
    ann = await house.device("ann")
    for number in range(20):
        body = {"type": "text", "text": "x"}
        await ann.send(type="send", id=f"{number}", conv=DIRECT, mid=f"m{number}", body=body)
    assert (await ann.get())["type"] == "ack"
    await house.room.drain()
    code, reason = await ann.closed()
    assert code == 1012
    assert 1.0 <= float(reason.removeprefix("retry_after=")) <= 5.0
    acked = (await house.store.messages.head(DIRECT)).seq
    assert acked >= 1
    with pytest.raises(InvalidStatus) as refused:
        await house.connect()
    assert refused.value.response.status_code == 503
    assert 1 <= int(refused.value.response.headers["Retry-After"]) <= 5


async def test_only_so_many_are_told_to_come_back_and_the_rest_by_http(monkeypatch):
    monkeypatch.setattr("chat_server.transport.websocket._TOLD", 0)
    async with open_house(limits=SocketLimits(connections=1)) as house:
        await house.device("ann")
        with pytest.raises(InvalidStatus) as refused:
            await house.connect()
        assert refused.value.response.status_code == 503


async def test_a_store_that_is_away_at_hello_closes_with_1013(house, monkeypatch):
    async def away(_: object) -> None:
        raise OSError("no disk")

    token = await house.token("ann")
    monkeypatch.setattr(house.store.devices, "session", away)
    device = await house.connect()
    await device.send(type="hello", device="phone", token=token)
    code, reason = await device.closed()
    assert code == 1013
    assert reason.startswith("retry_after=")


async def test_what_we_did_not_foresee_is_told_as_internal(house, monkeypatch):
    async def broken(_: object) -> Head:
        raise ZeroDivisionError("secret detail")

    ann = await house.device("ann")
    monkeypatch.setattr(house.store.messages, "head", broken)
    error = await ann.ask(type="history", id="1", conv=DIRECT, after=0)
    assert error["code"] == "internal"
    assert "secret" not in str(error)


async def test_noise_on_the_line_is_no_crash(house):
    for seed in range(20):
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
        writer.write(
            b"GET /v1/ws HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        await reader.readuntil(b"\r\n\r\n")
        noise = random.Random(seed).randbytes(200)
        writer.write(noise if seed else struct.pack("!BBQ", 0x81, 0xFF, 2**62))
        writer.write_eof()  # or noise that begins like a long frame would be waited for
        await asyncio.wait_for(reader.read(), 10)
        writer.close()
        await writer.wait_closed()
    assert (await (await house.device("ann")).say(DIRECT, "m1"))["type"] == "ack"
