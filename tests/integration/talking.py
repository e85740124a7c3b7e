"""People of story 1 at their devices, who write as fast as they can, through the client library."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from chat_server.client.client import Client
from chat_server.history.check import check
from chat_server.history.verdict import Verdict, in_words
from chat_server.wire import frames

WITH_ZHANGWEI, WITH_LINA = "d:wangfang:zhangwei", "d:lina:wangfang"
NO_PACE = {"ELIAN_SEND_BURST": "1000000", "ELIAN_SEND_RATE": "1000000"}
UNACKED = 16  # sends that one device has under way


class Talker:
    """One device of one person. `acks` are of its own sends, by (conv, mid)."""

    def __init__(self, client: Client, convs: Sequence[str]) -> None:
        self.client, self.convs = client, convs
        self.acks: dict[tuple[str, str], frames.Ack] = {}
        self.said: dict[tuple[str, str], str] = {}
        self.heard: list[frames.Event] = []
        self.typing: list[frames.TypingState] = []
        self.marks: list[frames.Marks | frames.Mark] = []
        client.on_typing(self.typing.append)
        client.on_marks(self.marks.append)

    async def say(self, conv: str, text: str, mid: str) -> frames.Ack:
        self.said[conv, mid] = text
        ack = self.acks[conv, mid] = await self.client.send(conv, text, mid)
        return ack

    async def talk(self, until: asyncio.Event, pause_s: float = 0) -> None:
        """One after another and never waiting for each; without a pause, as fast as acks come."""
        room = asyncio.Semaphore(UNACKED)
        async with asyncio.TaskGroup() as sends:
            number = 0
            while not until.is_set():
                await room.acquire()
                number += 1
                conv = self.convs[number % len(self.convs)]
                code_like = " 123456" if number % 7 == 0 else ""  # has to ask the store first
                mid = f"{self.client.device}-{number}"
                send = sends.create_task(self.say(conv, f"{mid}{code_like}", mid))
                send.add_done_callback(lambda _: room.release())
                await asyncio.sleep(pause_s)

    async def say_again(self, seed: random.Random, times: int) -> None:
        """What was acked long ago, again under its name."""
        for conv, mid in seed.sample(sorted(self.acks), min(times, len(self.acks))):
            again = await self.client.send(conv, self.said[conv, mid], mid)
            assert (again.seq, again.duplicate) == (self.acks[conv, mid].seq, True)

    async def listen(self) -> None:
        async for event in self.client.events():
            self.heard.append(event)

    async def caught_up(self, heads: dict[str, int]) -> None:
        while not self._holds(heads):  # noqa: ASYNC110 - the client has no event for it
            await asyncio.sleep(0.02)

    def _holds(self, heads: dict[str, int]) -> bool:
        held = self.client.cursors()
        return all(held.get(conv, 0) >= heads[conv] for conv in self.convs)


@asynccontextmanager
async def device(
    url: str, user: str, name: str, folder: Path, *convs: str
) -> AsyncIterator[Talker]:
    journal = folder / f"{user}-{name}.jsonl"
    opened = Client(url, user, f"demo-{user}", name, from_start=True, journal=journal)
    async with AsyncExitStack() as stack:
        talker = Talker(opened, convs)
        listening = asyncio.create_task(talker.listen())
        stack.callback(listening.cancel)
        await stack.enter_async_context(opened)
        yield talker


async def all_caught_up(talkers: Sequence[Talker]) -> None:
    """Until every device holds everything that anyone was given an ack for."""
    heads: dict[str, int] = {}
    for talker in talkers:
        for conv in talker.convs:
            page = await talker.client.history(conv, before=1 << 50, limit=1)
            heads[conv] = max(heads.get(conv, 0), page.head)
    await asyncio.gather(*(talker.caught_up(heads) for talker in talkers))


async def read_back(talkers: Sequence[Talker]) -> None:
    """The end of the histories: all is quiet."""
    await all_caught_up(talkers)
    await asyncio.gather(*(talker.client.read_back() for talker in talkers))


def kept(folder: Path) -> Verdict:
    """What the histories in the folder prove, once it is sure that every promise was kept."""
    verdict = check(folder)
    assert verdict.held, in_words(verdict)
    assert verdict.counts.unread_acks == 0
    return verdict


async def one_more_ack(talkers: Sequence[Talker]) -> None:
    before = sum(len(talker.acks) for talker in talkers)
    while sum(len(talker.acks) for talker in talkers) == before:  # noqa: ASYNC110 - counts only
        await asyncio.sleep(0.01)
