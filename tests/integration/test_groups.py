"""Groups over a real server: who comes in hears from there on, who goes hears no more."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from chat_server.adapters.clock import new_uuid7
from chat_server.domain.conversation import Conversation, ConversationKind, Role
from chat_server.domain.groups import GroupChange, Place, passage_of
from chat_server.domain.message import EventKind
from chat_server.domain.people import Assignment
from chat_server.usecases.groups.open import Groups, open_groups
from chat_server.usecases.messaging.pace import Pace
from chat_server.usecases.messaging.send import body_hasher
from tests.socket_house import KEY, House, Socket, draft, fact, open_house


class Club:
    """Mia's group of ann and bob."""

    def __init__(self, house: House, groups: Groups, conv: str) -> None:
        self.house, self.groups, self.conv = house, groups, conv


async def open_club(house: House) -> Club:
    for customer in ("ann", "bob", "eve"):
        assigned = Assignment(customer, "mia", "hq", 1)
        await house.store.people.assign(assigned, fact("manager_assigned", customer))
    groups = open_groups(house.store, house.clock, new_uuid7, body_hasher(KEY), link_key=KEY)
    made = await groups.create("mia", "Friday", ["ann", "bob"])
    return Club(house, groups, made.conv)


@pytest.fixture
async def club() -> AsyncIterator[Club]:
    async with open_house() as house:
        yield await open_club(house)


async def test_all_members_hear_what_one_says(club):
    mia, ann, bob = [await club.house.device(user) for user in ("mia", "ann", "bob")]
    eve = await club.house.device("eve")
    ack = await mia.say(club.conv, "m1", "hello")
    assert ack["seq"] == 2
    for device in (ann, bob):
        event = await device.wait_for("event")
        assert (event["conv"], event["seq"], event["n"]) == (club.conv, 2, 1)
    assert await eve.silent()


async def test_the_list_says_what_a_group_is(club):
    ann = await club.house.device("ann")
    await club.groups.govern.set_role("mia", club.conv, "ann", Role.ADMIN)
    page = await ann.ask(type="conversations", id="1")
    (item,) = [item for item in page["items"] if item["conv"] == club.conv]
    assert (item["kind"], item["title"], item["members"]) == ("group", "Friday", 3)
    assert (item["role"], item["unread"]) == ("admin", 0)
    assert item["last"]["kind"] == "member"


async def test_who_is_invited_hears_of_it_at_once_and_from_there_on(club):
    eve, mia = await club.house.device("eve"), await club.house.device("mia")
    await mia.say(club.conv, "m1", "before")
    await club.groups.invite("mia", club.conv, ["eve"])
    event = await eve.wait_for("event")
    assert (event["seq"], event["kind"]) == (3, "member")
    assert event["body"] == {"type": "member", "what": "invited", "who": "mia", "whom": ["eve"]}
    await mia.say(club.conv, "m2", "after")
    assert (await eve.wait_for("event"))["seq"] == 4
    page = await eve.ask(type="history", id="h", conv=club.conv, after=0)
    assert ([e["seq"] for e in page["events"]], page["first_seq"]) == ([3, 4], 3)
    assert (await eve.say(club.conv, "m3"))["seq"] == 5


async def test_who_is_removed_hears_that_and_nothing_later(club):
    bob, mia = await club.house.device("bob"), await club.house.device("mia")
    await club.groups.govern.remove("mia", club.conv, "bob")
    event = await bob.wait_for("event")
    assert event["body"]["what"] == "removed"
    await mia.say(club.conv, "m1", "about bob")
    assert await bob.silent()
    page = await bob.ask(type="history", id="h", conv=club.conv, after=0)
    assert [e["seq"] for e in page["events"]] == [1, 2]
    assert page["head"] == 2
    assert (await bob.say(club.conv, "m1"))["code"] == "not_a_member"
    listed = await bob.ask(type="conversations", id="l")
    (item,) = [item for item in listed["items"] if item["conv"] == club.conv]
    assert (item["writable"], item["head"], "members" in item) == (False, 2, False)
    again = await club.house.device("bob", "desk")
    await again.send(type="sync", id="s", cursors={club.conv: 0})
    seen = [await again.wait_for("event"), await again.wait_for("event")]
    assert [e["seq"] for e in seen] == [1, 2]
    await mia.say(club.conv, "m2", "more about bob")
    await again.wait_for("synced")
    assert await again.silent()


async def test_a_dissolved_group_tells_everybody_and_ends(club):
    devices = [await club.house.device(user) for user in ("mia", "ann", "bob")]
    await club.groups.leave.dissolve("mia", club.conv)
    for device in devices:
        assert (await device.wait_for("event"))["body"]["what"] == "dissolved"
        assert (await device.say(club.conv, "m1"))["code"] == "not_a_member"
    assert club.conv not in club.house.room.fanout.roster.tails


async def test_the_silenced_are_told_so_and_hear_on(club):
    ann, bob, mia = [await club.house.device(user) for user in ("ann", "bob", "mia")]
    assert (await bob.say(club.conv, "m0"))["type"] == "ack"
    await club.groups.govern.silence("mia", club.conv, "bob", silenced=True)
    assert (await bob.say(club.conv, "m1"))["code"] == "silenced"
    assert (await ann.say(club.conv, "m1"))["type"] == "ack"
    await club.groups.govern.silence_all("mia", club.conv, silent=True)
    assert (await ann.say(club.conv, "m2"))["code"] == "silenced"
    assert (await mia.say(club.conv, "m3"))["type"] == "ack"
    await club.groups.govern.silence_all("mia", club.conv, silent=False)
    await club.groups.govern.silence("mia", club.conv, "bob", silenced=False)
    assert (await bob.say(club.conv, "m4"))["type"] == "ack"


async def test_in_a_small_group_all_see_marks_and_typing(club):
    ann, bob = await club.house.device("ann"), await club.house.device("bob")
    await ann.say(club.conv, "m1")
    await bob.send(type="read", conv=club.conv, seq=2)
    marks = await ann.wait_for("marks")
    assert (marks["conv"], marks["user"], marks["read"]) == (club.conv, "bob", 2)
    await bob.send(type="typing", conv=club.conv, on=True)
    assert (await ann.wait_for("typing"))["user"] == "bob"
    await ann.send(type="sync", id="s", cursors={club.conv: 2})
    synced = await ann.wait_for("synced")
    assert {"conv": club.conv, "user": "bob", "read": 2, "delivered": 2} in synced["marks"]


async def crowd(house: House, conv: str, size: int) -> None:
    joining = [Place("ann", Role.OWNER), Place("bob", Role.MEMBER)]
    joining += [Place(f"c{n}", Role.MEMBER) for n in range(size - 2)]
    group = Conversation(conv, ConversationKind.GROUP, title="many", size=size, revision=1)
    told = {"type": "member", "what": "created", "who": "ann", "whom": []}
    event = msgspec.structs.replace(
        draft(conv, "ann", "made"),
        kind=EventKind.MEMBER,
        body=msgspec.json.encode(told),
        counts=False,
    )
    made = GroupChange(
        conversation=group, fact=fact("group_created", conv), draft=event, joining=joining
    )
    await house.store.groups.change(made)


async def test_in_a_large_group_the_author_alone_sees_marks_once_a_second(club):
    await crowd(club.house, "g:many", 101)
    ann, bob, joe = [await club.house.device(user) for user in ("ann", "bob", "ann")]
    del joe
    other = await club.house.device("bob", "desk")
    await ann.say("g:many", "m1")
    await ann.say("g:many", "m2")
    started = asyncio.get_running_loop().time()
    await bob.send(type="read", conv="g:many", seq=2)
    assert (await other.wait_for("marks"))["read"] == 2
    await bob.send(type="read", conv="g:many", seq=3)
    marks = await ann.wait_for("marks")
    assert (marks["user"], marks["read"]) == ("bob", 3)
    assert asyncio.get_running_loop().time() - started > 0.9
    await bob.send(type="typing", conv="g:many", on=True)
    assert await ann.silent(0.3)


async def gather_seqs(device: Socket, conv: str, seen: list[int], lagged: list[str]) -> None:
    while True:
        frame = await device.get(30)
        if frame["type"] == "event" and frame["conv"] == conv:
            seen.append(frame["seq"])
        elif frame["type"] == "lagging":
            lagged.append(frame.get("conv", ""))


@pytest.mark.parametrize("where", ["memory", "sqlite"])
async def test_people_come_and_go_while_messages_pour_in(  # noqa: C901, PLR0915 - one story
    where: str, tmp_path: Path
) -> None:
    """What each device is pushed is exactly what its person may read, whatever the race."""
    url = "memory://" if where == "memory" else f"sqlite:///{tmp_path / 'chat.db'}"
    async with open_house(url, pace=Pace(10_000, 10_000)) as house:
        club = await open_club(house)
        token, _ = await club.groups.links.issue("mia", club.conv, 1)
        talkers = [await house.device(user) for user in ("mia", "ann")]
        movers = {user: await house.device(user) for user in ("bob", "eve")}
        seen: dict[str, list[int]] = {user: [] for user in movers}
        lagged: list[str] = []
        begun = 1
        hearing = [
            asyncio.create_task(gather_seqs(device, club.conv, seen[user], lagged))
            for user, device in movers.items()
        ]
        dice = random.Random(7)
        talking = asyncio.Event()

        async def talk(device: Socket, name: str) -> None:
            for number in itertools.count():
                if talking.is_set():
                    return
                await device.send(
                    type="send",
                    id=f"{name}{number}",
                    conv=club.conv,
                    mid=f"{name}{number}",
                    body={"type": "text", "text": "x"},
                )
                await asyncio.sleep(0.002)  # below what counts as flooding

        async def hear_out(device: Socket) -> None:
            while True:
                await device.get(30)

        async def move(user: str) -> None:
            present = user == "bob"
            for _ in range(15):
                await asyncio.sleep(dice.random() * 0.02)
                if not present:
                    await club.groups.join(user, token)
                elif dice.random() < 0.5:
                    await club.groups.leave(user, club.conv)
                else:
                    await club.groups.govern.remove("mia", club.conv, user)
                present = not present
            if present:
                await club.groups.leave(user, club.conv)

        others = [asyncio.create_task(hear_out(device)) for device in talkers]
        saying = [asyncio.create_task(talk(d, n)) for d, n in zip(talkers, "ma", strict=True)]
        await asyncio.gather(*(move(user) for user in movers))
        await asyncio.sleep(0.2)
        talking.set()
        await asyncio.gather(*saying)
        await asyncio.sleep(0.5)
        for task in (*hearing, *others):
            task.cancel()
        await asyncio.gather(*hearing, *others, return_exceptions=True)

        allowed: dict[str, list[int]] = {user: [] for user in movers}
        inside = {"bob"}
        events = await house.store.messages.events(club.conv, after=0, limit=100_000)
        for event in events:
            passage = passage_of(event) if event.kind is EventKind.MEMBER else None
            inside |= set(passage.coming) & movers.keys() if passage else set()
            for user in inside:
                if event.seq > begun:
                    allowed[user].append(event.seq)
            inside -= set(passage.going) if passage else set()
        assert len(events) > 200
        assert not lagged
        for user in movers:
            assert seen[user] == allowed[user]
        assert club.conv in house.room.fanout.roster.tails
