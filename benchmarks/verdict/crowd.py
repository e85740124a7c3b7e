"""The crowd: clients that write, resend, edit, recall, react, read, come, go and drop the line,
while the house is killed; and, when it is quiet again, read everything back.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections import deque
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from benchmarks.verdict.line import Line
from benchmarks.verdict.nodes import House
from benchmarks.verdict.people import Device, People
from chat_server.client.client import Client
from chat_server.client.faults import ClientFault, Refused
from chat_server.wire import frames

UNDER_WAY = 8  # sends of one client
DROPS = 0.015  # of a client's deeds: its line drops
REMEMBERED = 50
SLOW_EVERY = 12  # one user in so many has slow lines, and is in the loud group
LOUD_S = 0.08  # between two messages of the loud group, at a pace of 1
LOUD = "喧" * 2000
CATCH_UP_S, QUIET_S = 40.0, 3.0
READERS = 20  # that read back at once


class Actor:
    def __init__(self, client: Client, chance: random.Random) -> None:
        self.client, self._chance = client, chance
        self.sent: deque[tuple[frames.Ack, str]] = deque(maxlen=REMEMBERED)
        self.heard: deque[frames.Event] = deque(maxlen=REMEMBERED)
        self.refused = 0
        self._room = asyncio.Semaphore(UNDER_WAY)
        self._number = 0

    async def listen(self) -> None:
        async for event in self.client.events():
            self.heard.append(event)

    async def act(self, until: asyncio.Event, pace: float) -> None:
        deeds = {
            self._say: 60, self._say_again: 8, self._edit: 4, self._recall: 2, self._react: 5,
            self._read: 12, self._delivered: 6,
        }  # fmt: skip
        async with asyncio.TaskGroup() as tasks:
            while not until.is_set():
                (deed,) = self._chance.choices(list(deeds), list(deeds.values()))
                await self._room.acquire()
                task = tasks.create_task(self._attempt(deed()))
                task.add_done_callback(lambda _: self._room.release())
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._chance.expovariate(pace)):
                        await until.wait()

    async def _attempt(self, deed) -> None:
        try:
            await deed
        except Refused:  # not in there any longer, too late, recalled meanwhile
            self.refused += 1

    async def say(self, conv: str, text: str) -> None:
        ack = await self.client.send(conv, text, self._mid())
        self.sent.append((ack, text))

    def _mid(self) -> str:
        self._number += 1
        return f"{self.client.device}-{self._number}"

    async def _say(self) -> None:
        convs = sorted(self.client.cursors())
        if convs:
            number = " 6222021234567890128" if self._chance.random() < 0.02 else ""
            await self.say(self._chance.choice(convs), f"{self._chance.random()}{number}")

    async def _say_again(self) -> None:
        if self.sent:
            ack, text = self._chance.choice(self.sent)
            await self.client.send(ack.conv, text, ack.mid)

    async def _edit(self) -> None:
        if self.sent:
            ack, _ = self._chance.choice(self.sent)
            await self.client.edit(ack.conv, ack.seq, f"{self._chance.random()}", self._mid())

    async def _recall(self) -> None:
        if self.sent:
            ack, _ = self._chance.choice(self.sent)
            await self.client.recall(ack.conv, ack.seq, self._mid())

    async def _react(self) -> None:
        if self.heard:
            event = self._chance.choice(self.heard)
            await self.client.react(event.conv, event.seq, "👍", self._mid())

    async def _read(self) -> None:
        if self.heard:
            event = self._chance.choice(self.heard)
            await self.client.read(event.conv, event.seq)

    async def _delivered(self) -> None:
        for conv, cursor in list(self.client.cursors().items())[:3]:
            await self.client.delivered(conv, cursor)


class Chair:
    """A manager, whose group people come into and go out of."""

    def __init__(self, actors: Sequence[Actor], customers: list[str], chance: random.Random):
        self._actors = {actor.client.user: actor for actor in actors}
        self._customers, self._chance = customers, chance
        self._user = actors[0].client.user

    async def run(self, until: asyncio.Event) -> None:
        groups = self._actors[self._user].client.groups
        half = self._customers[: max(len(self._customers) // 2, 2)]
        conv = ""
        while not until.is_set():
            with suppress(ClientFault):  # the house may be down, or somebody was faster
                if not conv:
                    conv = (await groups.create("Friday", half)).conv
                user = self._chance.choice(self._customers)
                what = self._chance.choice(["invite", "invite", "remove", "leave"])
                if what == "invite":
                    await groups.invite(conv, [user])
                elif what == "remove":
                    await groups.remove(conv, user)
                else:
                    await self._actors[user].client.groups.leave(conv)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._chance.uniform(0.5, 2.5)):
                    await until.wait()


async def run_crowd(
    house: House,
    people: People,
    histories: Path,
    chance: random.Random,
    seconds: float,
    *,
    kills: int,
    pace: float,
) -> str:
    """What was done, in words."""
    async with AsyncExitStack() as stack:
        doors = _Doors(house, chance)
        stack.push_async_callback(doors.close)
        urls = [await doors.url(device, number) for number, device in enumerate(people.devices)]
        actors = [
            await _actor(stack, url, device, histories, random.Random(chance.random()))
            for url, device in zip(urls, people.devices, strict=True)
        ]
        until = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            for actor in actors:
                tasks.create_task(actor.act(until, pace))
            for chair in _chairs(actors, people, chance):
                tasks.create_task(chair.run(until))
            tasks.create_task(_be_loud(actors, people, until, LOUD_S / pace))
            between_s = min(1 / (DROPS * pace * len(actors)), seconds / 4)
            tasks.create_task(_drop_lines(actors, chance, until, between_s))
            await _kill_now_and_then(house, chance, seconds, kills)
            until.set()
            doors.flow()
        late = await _caught_up(actors)
        room = asyncio.Semaphore(READERS)

        async def read_back(actor: Actor) -> None:
            async with room:
                await actor.client.read_back()

        await asyncio.gather(*map(read_back, actors))
    refused = sum(actor.refused for actor in actors)
    return (
        f"{len(actors)} clients for {seconds:g} s, {kills} kills of {len(house.nodes)} node(s),"
        f" {refused} deeds refused, {late} clients late at the end"
    )


class _Doors:
    """By which way a client comes in: straight, by whichever node answers, or slowly."""

    def __init__(self, house: House, chance: random.Random) -> None:
        self._house, self._chance = house, chance
        self._lines: list[Line] = []

    async def url(self, device: Device, number: int) -> str:
        ports = self._house.ports
        here = number % len(ports)
        if _slow(device.user):
            return await self._line([ports[here]], slow=True)
        if len(ports) > 1 and number % 3 == 0:
            return await self._line([*ports[here:], *ports[:here]], slow=False)
        return f"http://127.0.0.1:{ports[here]}"

    def flow(self) -> None:
        for line in self._lines:
            line.flowing = True

    async def close(self) -> None:
        for line in self._lines:
            await line.close()

    async def _line(self, ports: Sequence[int], *, slow: bool) -> str:
        line = Line(ports, self._chance, slow=slow)
        self._lines.append(line)
        return await line.open()


def _slow(user: str) -> bool:
    return int(user[1:]) % SLOW_EVERY == 3


async def _actor(
    stack: AsyncExitStack, url: str, device: Device, histories: Path, chance: random.Random
) -> Actor:
    journal = histories / f"{device.user}-{device.device}.jsonl"
    client = Client(
        url, device.user, device=device.device, token=device.token, from_start=True, journal=journal
    )
    actor = Actor(client, chance)
    listening = asyncio.create_task(actor.listen())
    stack.callback(listening.cancel)
    await stack.enter_async_context(client)
    return actor


def _chairs(actors: Sequence[Actor], people: People, chance: random.Random) -> list[Chair]:
    of = {user: [a for a in actors if a.client.user == user] for user in people.looked_after}
    everybody = {actor.client.user: actor for actor in actors}
    return [
        Chair([*of[manager], *(everybody[c] for c in customers)], customers, chance)
        for manager, customers in people.looked_after.items()
    ]


async def _be_loud(
    actors: Sequence[Actor], people: People, until: asyncio.Event, pause_s: float
) -> None:
    """A group of everybody whose line is slow, in which much is said."""
    manager = next(iter(people.looked_after), "")
    slow = [user for user in people.looked_after.get(manager, ()) if _slow(user)]
    speaker = next((actor for actor in actors if actor.client.user == manager), None)
    if speaker is None or not slow:
        return
    conv = ""
    while not until.is_set():
        with suppress(ClientFault):  # the house may be down
            if not conv:
                conv = (await speaker.client.groups.create("Loud", slow)).conv
            await speaker.say(conv, LOUD)
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await until.wait()


async def _drop_lines(
    actors: Sequence[Actor], chance: random.Random, until: asyncio.Event, between_s: float
) -> None:
    while not until.is_set():
        chance.choice(actors).client.drop()
        with suppress(TimeoutError):
            async with asyncio.timeout(between_s):
                await until.wait()


async def _kill_now_and_then(
    house: House, chance: random.Random, seconds: float, kills: int
) -> None:
    part = seconds / (kills + 1)
    for number in range(kills):
        await asyncio.sleep(chance.uniform(0.6 * part, 1.2 * part))
        node = house.nodes[number % len(house.nodes)]
        await asyncio.to_thread(node.kill)
        print(f"kill {number + 1}", file=sys.stderr, flush=True)
        await asyncio.sleep(chance.uniform(0, 1.0))
        await asyncio.to_thread(node.start)
    await asyncio.sleep(part)


async def _caught_up(actors: Sequence[Actor]) -> int:
    """Until everybody holds everything, or long enough: how many do not."""

    async def hold_all(actor: Actor) -> bool:
        heads = {item.conv: item.head for item in await actor.client.conversations()}
        with suppress(TimeoutError):
            async with asyncio.timeout(CATCH_UP_S):
                while any(actor.client.cursors().get(c, 0) < heads[c] for c in heads):  # noqa: ASYNC110 - the client has no event for it
                    await asyncio.sleep(0.05)
                return True
        return False

    held = await asyncio.gather(*map(hold_all, actors))
    await asyncio.sleep(QUIET_S)
    return held.count(False)
