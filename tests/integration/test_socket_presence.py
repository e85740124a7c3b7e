"""Presence over a real socket: who is there is told to who watches and may see it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from chat_server.delivery import presence
from chat_server.domain.contacts import Audience
from chat_server.domain.people import Assignment
from chat_server.usecases.contacts.change import ChangeTie
from chat_server.usecases.contacts.keep import Contacts
from chat_server.usecases.contacts.privacy import OwnPrivacy
from tests.socket_house import House, Socket, fact, open_house


@pytest.fixture
async def house(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setattr(presence, "LINGER_S", 0.3)
    async with open_house() as opened:
        yield opened


async def states(device: Socket, count: int) -> dict[str, str]:
    told = [await device.wait_for("presence") for _ in range(count)]
    return {each["user"]: each["state"] for each in told}


async def test_who_watches_is_told_how_it_is_now(house):
    await house.device("bob")
    ann = await house.device("ann")
    await ann.send(type="watch", users=["bob", "mia"])
    assert await states(ann, 2) == {"bob": "online", "mia": "offline"}


async def test_who_may_not_be_seen_and_who_does_not_exist_are_left_out(house):
    await house.device("eve")
    ann = await house.device("ann")
    await ann.send(type="watch", users=["eve", "nobody", "bob"])
    assert await states(ann, 1) == {"bob": "offline"}
    assert await ann.silent(0.4)


async def test_coming_stepping_away_and_going_are_told_as_they_happen(house):
    ann = await house.device("ann")
    await ann.send(type="watch", users=["bob"])
    assert await states(ann, 1) == {"bob": "offline"}
    bob = await house.device("bob")
    assert await states(ann, 1) == {"bob": "online"}
    await bob.send(type="presence", state="away")
    assert await states(ann, 1) == {"bob": "away"}
    await bob.send(type="presence", state="online")
    assert await states(ann, 1) == {"bob": "online"}
    await bob.ws.close()
    gone = await ann.wait_for("presence")
    assert gone["state"] == "offline"
    assert gone["last_seen"] % 60_000 == 0
    assert 0 <= house.clock.now_ms() - gone["last_seen"] < 120_000


async def test_a_blip_is_none(house):
    bob, ann = await house.device("bob"), await house.device("ann")
    await ann.send(type="watch", users=["bob"])
    assert await states(ann, 1) == {"bob": "online"}
    await bob.ws.close()
    await house.device("bob")
    assert await ann.silent(0.8)


async def test_one_device_is_enough_to_be_there(house):
    phone, desk = await house.device("bob"), await house.device("bob", "desk")
    ann = await house.device("ann")
    await ann.send(type="watch", users=["bob"])
    assert await states(ann, 1) == {"bob": "online"}
    await phone.send(type="presence", state="away")
    await phone.ask(type="ping", id="p")
    assert await ann.silent(0.3)
    await desk.ws.close()
    assert await states(ann, 1) == {"bob": "away"}


async def test_a_watch_replaces_the_former(house):
    ann = await house.device("ann")
    await ann.send(type="watch", users=["bob"])
    assert await states(ann, 1) == {"bob": "offline"}
    await ann.send(type="watch", users=["mia"])
    assert await states(ann, 1) == {"mia": "offline"}
    await house.device("bob")
    await house.device("mia", "desk")
    assert await states(ann, 1) == {"mia": "online"}


async def test_a_watch_of_too_many_is_refused(house):
    ann = await house.device("ann")
    refused = await ann.ask(type="watch", id="w", users=[f"u{n}" for n in range(201)])
    assert refused["code"] == "malformed"
    refused = await ann.ask(type="presence", id="p", state="asleep")
    assert refused["code"] == "malformed"


async def test_last_seen_outlives_the_process(house):
    bob = await house.device("bob")
    await bob.ws.close()
    async with asyncio.timeout(5):
        while "bob" not in await house.store.sightings.last_seen(["bob"]):  # noqa: ASYNC110 - the store rings no bell
            await asyncio.sleep(0.02)
    ann = await house.device("ann")
    await ann.send(type="watch", users=["bob"])
    told = await ann.wait_for("presence")
    assert (told["state"], told["last_seen"] % 60_000) == ("offline", 0)


async def test_who_hides_looks_offline_at_once(house):
    privacy = OwnPrivacy(house.store.contacts, house.bus, house.clock, lambda: "card")
    await house.device("bob")
    ann = await house.device("ann")
    await ann.send(type="watch", users=["bob"])
    assert await states(ann, 1) == {"bob": "online"}
    await privacy.change("bob", findable=False, audience=Audience.NOBODY)
    hidden = await ann.wait_for("presence")
    assert hidden == {"type": "presence", "user": "bob", "state": "offline"}
    bob = await house.device("bob", "desk")
    await bob.send(type="presence", state="away")
    assert await ann.silent(0.4)
    await privacy.change("bob", findable=False, audience=Audience.CONVERSATIONS)
    assert (await ann.wait_for("presence"))["state"] == "online"


async def test_contacts_only_leaves_out_who_merely_shares_a_conversation(house):
    privacy = OwnPrivacy(house.store.contacts, house.bus, house.clock, lambda: "card")
    await privacy.change("bob", findable=False, audience=Audience.CONTACTS)
    ann = await house.device("ann")
    await ann.send(type="watch", users=["bob"])
    assert await ann.silent(0.4)
    ties = ChangeTie(house.store, house.bus, house.clock)
    await Contacts(house.store, ties).note("ann", "bob", remark="Bobby", tags=None)
    assert await states(ann, 1) == {"bob": "offline"}


async def test_staff_are_seen_by_their_customers_whatever_their_setting(house):
    privacy = OwnPrivacy(house.store.contacts, house.bus, house.clock, lambda: "card")
    await privacy.change("mia", findable=False, audience=Audience.NOBODY)
    await house.device("mia", "desk")
    ann, bob = await house.device("ann"), await house.device("bob")
    await ann.send(type="watch", users=["mia"])
    assert await states(ann, 1) == {"mia": "online"}
    await bob.send(type="watch", users=["mia"])
    assert await bob.silent(0.4)


async def test_a_block_ends_messages_and_presence_at_once_and_says_no_more(house):
    ties = ChangeTie(house.store, house.bus, house.clock)
    contacts = Contacts(house.store, ties)
    ann, bob = await house.device("ann"), await house.device("bob")
    await bob.send(type="watch", users=["ann"])
    assert await states(bob, 1) == {"ann": "online"}
    assert (await bob.say("d:ann:bob", "m1"))["type"] == "ack"
    await contacts.block("ann", "bob")
    assert (await bob.wait_for("presence"))["state"] == "offline"
    refused = await bob.say("d:ann:bob", "m2")
    assert refused["code"] == "not_accepting"
    assert (await ann.say("d:ann:bob", "m3"))["code"] == "not_accepting"
    await bob.send(type="typing", conv="d:ann:bob", on=True)
    again = await bob.say("d:ann:bob", "m1")
    assert (again["type"], again.get("duplicate")) in {("ack", True), ("error", None)}
    await contacts.unblock("ann", "bob")
    assert (await bob.say("d:ann:bob", "m4"))["type"] == "ack"
    assert (await bob.wait_for("presence"))["state"] == "online"


async def test_both_are_told_that_something_changed_and_never_what(house):
    await house.store.people.assign(Assignment("ann", "mia", "hq", 1), fact("assigned", "ann"))
    ties = ChangeTie(house.store, house.bus, house.clock)
    ann, bob = await house.device("ann"), await house.device("bob")
    await Contacts(house.store, ties).remove("ann", "bob")
    assert await ann.wait_for("contacts_changed") == {"type": "contacts_changed"}
    assert await bob.wait_for("contacts_changed") == {"type": "contacts_changed"}
    await Contacts(house.store, ties).note("ann", "mia", remark="客户经理", tags=["银行"])
    await ann.wait_for("contacts_changed")
    with contextlib.suppress(TimeoutError):
        await bob.wait_for("contacts_changed", 0.3)
        pytest.fail("a remark is nobody else's business")


async def test_nothing_is_kept_of_who_is_gone(house):
    ann, bob = await house.device("ann"), await house.device("bob")
    await ann.send(type="watch", users=["bob", "mia"])
    await states(ann, 2)
    await ann.ws.close()
    await bob.ws.close()
    desk = house.room.presence
    async with asyncio.timeout(5):
        while desk._here or desk._watches or desk._owing:  # noqa: ASYNC110 - it rings no bell
            await asyncio.sleep(0.02)
    assert not desk._watchers
    assert not desk._elsewhere
