from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.socket_house import DIRECT, House, open_house


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with open_house() as house:
        yield house


async def test_a_message_is_acked_and_reaches_the_other(house):
    ann, bob = await house.device("ann"), await house.device("bob")
    ack = await ann.say(DIRECT, "m1")
    assert (ack["type"], ack["seq"]) == ("ack", 1)
    event = await bob.get()
    assert event["seq"] == 1
    assert event["from"] == "ann"
    assert event["body"] == {"type": "text", "text": "hello"}
