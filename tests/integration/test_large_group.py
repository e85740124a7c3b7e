"""A group as large as groups get: 5,000 people, through the use cases and over a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar

import pytest

from chat_server.adapters.clock import new_uuid7
from chat_server.domain.errors import GroupFull
from chat_server.domain.groups import MOST_AT_ONCE, MOST_MEMBERS
from chat_server.domain.people import Assignment, Person, StaffRole
from chat_server.ports.store import Store
from chat_server.usecases.groups.open import open_groups
from chat_server.usecases.messaging.send import body_hasher
from tests.socket_house import KEY, fact, open_house

T = TypeVar("T")
ONLINE = 20
PAGE = 200


async def settle_in(store: Store, customers: list[str]) -> None:
    """People of Mia's; what waits together is one commit."""
    people = [Person(user, user.title(), StaffRole.CUSTOMER, "hq", "") for user in customers]
    for some in batches(people, 1000):
        await asyncio.gather(
            *(store.people.add_person(one, fact("user_added", one.user)) for one in some)
        )
    for some in batches(customers, 1000):
        await asyncio.gather(
            *(
                store.people.assign(Assignment(user, "mia", "hq", 1), fact("assigned", user))
                for user in some
            )
        )


def batches(items: list[T], size: int) -> Iterator[list[T]]:
    left = iter(items)
    while some := list(islice(left, size)):
        yield some


async def test_five_thousand_are_in_one_group_and_all_is_as_with_five(tmp_path: Path) -> None:
    customers = [f"c{number:04}" for number in range(MOST_MEMBERS)]
    async with open_house(f"sqlite:///{tmp_path / 'chat.db'}") as house:
        await settle_in(house.store, customers)
        groups = open_groups(house.store, house.clock, new_uuid7, body_hasher(KEY), link_key=KEY)
        first, *others = batches(customers[: MOST_MEMBERS - 1], MOST_AT_ONCE)
        conv = (await groups.create("mia", "大群", first)).conv
        for some in others:
            await groups.invite("mia", conv, some)
        with pytest.raises(GroupFull):
            await groups.invite("mia", conv, [customers[-1]])

        mia = await house.device("mia")
        devices = [await house.device(user) for user in customers[::250][:ONLINE]]
        ack = await mia.say(conv, "m1", "各位好")
        heard = [await device.wait_for("event") for device in devices]
        assert {event["seq"] for event in heard} == {ack["seq"]}
        listed = await devices[-1].ask(type="conversations", id="l")
        (item,) = [one for one in listed["items"] if one["conv"] == conv]
        assert (item["members"], item["unread"]) == (MOST_MEMBERS, 1)

        seen: list[str] = []
        more = True
        while more:
            after = seen[-1] if seen else ""
            page, more = await groups.read.members("c0000", conv, after=after, limit=PAGE)
            seen += [member.user for member in page]
        assert seen == sorted([*customers[:-1], "mia"])

        await groups.govern.remove("mia", conv, "c0000")
        await groups.join(customers[-1], (await groups.links.issue("mia", conv, 1))[0])
        await groups.leave.dissolve("mia", conv)
        ended = await devices[-1].wait_for("event")
        while ended["body"]["what"] != "dissolved":
            ended = await devices[-1].wait_for("event")
        assert not await house.store.conversations.members(conv)
