"""From where, by which name and how often the chat socket is opened."""

from __future__ import annotations

import asyncio

import pytest
from websockets.exceptions import InvalidStatus

from chat_server.adapters.clock import SystemClock
from chat_server.transport.addresses import Addresses, Visits
from chat_server.transport.door import Door
from chat_server.transport.hosts import Hosts
from chat_server.transport.limits import SocketLimits
from chat_server.usecases.messaging.pace import Pace
from tests.socket_house import DIRECT, open_house


def slow_door(*trusted: str) -> Door:
    visits = Visits(Pace(burst=3, per_s=0.01), SystemClock())
    return Door(addresses=Addresses(trusted), visits=visits)


async def test_an_address_opens_only_so_many_sockets_and_others_are_let_in():
    async with open_house(door=slow_door("127.0.0.0/8")) as house:
        far = {"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}
        for _ in range(3):
            await house.connect(additional_headers=far)
        with pytest.raises(InvalidStatus) as refused:
            await house.connect(additional_headers=far)
        assert refused.value.response.status_code == 429
        assert int(refused.value.response.headers["Retry-After"]) > 1
        await house.connect(additional_headers={"X-Forwarded-For": "203.0.113.8"})


async def test_a_made_up_address_is_not_believed():
    async with open_house(door=slow_door()) as house:
        for _ in range(5):  # all of them are this machine
            await house.connect(additional_headers={"X-Forwarded-For": "203.0.113.7"})


@pytest.mark.parametrize(
    ("host", "welcome"),
    [("localhost:1", True), ("[::1]", True), ("chat.bank.example", True), ("evil.example", False)],
)
async def test_in_demonstration_mode_only_names_of_this_machine_count(host, welcome):
    hosts = Hosts(only_here=True, origins=["https://chat.bank.example"])
    async with open_house(door=Door(hosts=hosts)) as house:
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
        writer.write(  # as a browser does for a page of that name
            f"GET /v1/ws HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        status = int((await reader.readline()).split()[1])
        writer.close()
        assert status == (101 if welcome else 403)


async def test_a_hello_sent_again_is_told_so_and_changes_nothing():
    async with open_house() as house:
        ann = await house.device("ann")
        stolen = await house.token("bob", "phone")
        answer = await ann.ask(type="hello", id="again", device="phone", token=stolen)
        assert (answer["type"], answer["code"]) == ("error", "malformed")
        await ann.say(DIRECT, "m1")
        (event,) = await house.store.messages.events(DIRECT, after=0, limit=10)
        assert event.sender == "ann"


async def test_a_half_open_line_is_noticed_and_let_go():
    limits = SocketLimits(ping_s=0.1, silent_s=0.4, tick_s=0.05, linger_s=0.1)
    async with open_house(limits=limits) as house:
        device = await house.device("ann")
        device.ws.transport.pause_reading()  # the other end is gone, and nobody said so
        while house.room.connections:
            await house.clock.sleep(0.02)
        device.ws.transport.abort()
        assert not house.room.fanout.roster.tails


@pytest.mark.parametrize("length", [65_537, 2**31, 2**62])
async def test_a_frame_that_claims_to_be_huge_takes_no_memory(length):
    async with open_house() as house:
        device = await house.device("ann")
        head = bytes([0x81, 0xFF]) + length.to_bytes(8, "big") + b"mask"
        device.ws.transport.write(head)
        assert (await device.closed())[0] == 1009


async def test_a_frame_without_a_mask_ends_the_line_and_nothing_else():
    async with open_house() as house:
        ann, bob = await house.device("ann"), await house.device("bob")
        ann.ws.transport.write(b"\x81\x0f" + b'{"type":"ping"}')
        code, _ = await ann.closed()
        assert code in {0, 1002, 1006}
        assert (await bob.say(DIRECT, "m1"))["type"] == "ack"
