"""The inbox: what arrives on any link, put in order for whoever listens.

Links hand every frame over. Keeps a cursor for each conversation; a gap, or a push that
stopped, is read on from the log, one conversation after another.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import assert_never

from chat_server.client.faults import Refused
from chat_server.client.link import Link
from chat_server.client.order import Order
from chat_server.wire import frames
from chat_server.wire.own_frames import Settings, StarMark
from chat_server.wire.presence_frames import ContactsMoved, PresenceState

MOST = 10_000  # events that wait to be taken; then the socket is not read


class Inbox:
    def __init__(self, cursors: Mapping[str, int], *, from_start: bool) -> None:
        self._orders = {conv: Order(cursor) for conv, cursor in cursors.items()}
        self._from_start = from_start
        self._waiting: deque[frames.Event] = deque()
        self._changed = asyncio.Event()
        self._to_read: dict[str, None] = {}
        self._reading_wanted = asyncio.Event()
        self.on_marks: Callable[[frames.Marks | frames.Mark], object] = lambda _: None
        self.on_presence: Callable[[PresenceState], object] = lambda _: None
        self.on_contacts: Callable[[ContactsMoved], object] = lambda _: None
        self.on_typing: Callable[[frames.TypingState], object] = lambda _: None
        self.on_waiting: Callable[[frames.Waiting], object] = lambda _: None
        self.on_desk: Callable[[frames.DeskMoved], object] = lambda _: None
        self.on_settings: Callable[[Settings], object] = lambda _: None
        self.on_star: Callable[[StarMark], object] = lambda _: None

    def cursors(self) -> dict[str, int]:
        return {c: order.cursor for c, order in self._orders.items() if order.cursor is not None}

    # --- for whoever listens

    async def take(self, ended: Callable[[], bool]) -> frames.Event | None:
        """The next event; None when the client has ended and nothing waits."""
        while not self._waiting:
            if ended():
                return None
            self._changed.clear()
            await self._changed.wait()
        event = self._waiting.popleft()
        self._changed.set()
        return event

    def stir(self) -> None:
        """Whoever waits looks again."""
        self._changed.set()

    async def room(self) -> None:
        while len(self._waiting) >= MOST:
            self._changed.clear()
            await self._changed.wait()

    # --- from links

    def hear(self, frame: frames.ServerFrame) -> None:  # noqa: C901, PLR0912 - a table
        match frame:
            case frames.Event():
                self._arrive(frame.conv, frame.seq, frame)
            case frames.Ack(conv=conv, seq=seq):
                self._arrive(conv, seq, None)
            case frames.Events():
                self._turn(frame)
            case frames.Lagging(conv=conv):
                self._read_on([conv] if conv else list(self._orders))
            case frames.Marks():
                self.on_marks(frame)
            case frames.Synced(marks=marks):
                for mark in marks:
                    self.on_marks(mark)
            case frames.TypingState():
                self.on_typing(frame)
            case frames.Waiting():
                self.on_waiting(frame)
            case frames.DeskMoved():
                self.on_desk(frame)
            case Settings():
                self.on_settings(frame)
            case PresenceState():
                self.on_presence(frame)
            case ContactsMoved():
                self.on_contacts(frame)
            case StarMark():
                self.on_star(frame)
            case (
                frames.Stars()
                | frames.Welcome()
                | frames.ConversationPage()
                | frames.Error()
                | frames.Pong()
            ):
                pass  # answers, which whoever asked gets
            case _:
                assert_never(frame)

    async def catch_up(self, link: Link) -> None:
        """After a welcome: learn of new conversations, and get what was missed in the others."""
        held = self.cursors()
        for item in await list_conversations(link):
            order = self._orders.setdefault(item.conv, Order())
            if order.cursor is None:
                start = item.first_seq - 1 if self._from_start else item.head
                self._deliver(order.begin(start))
                held[item.conv] = start
        await sync(link, held)

    async def read_on(self, link: Link) -> None:
        """Until cancelled or the link is lost: read what has gaps or lags."""
        while True:
            await self._reading_wanted.wait()
            while self._to_read:
                conv = next(iter(self._to_read))
                del self._to_read[conv]
                await self._read_all(link, conv)
            self._reading_wanted.clear()

    # --- inside

    async def _read_all(self, link: Link, conv: str) -> None:
        order = self._orders.setdefault(conv, Order())  # it may lag before anything came of it
        if order.cursor is None:  # new to us: it begins with what we heard of it, or at the start
            self._deliver(order.begin(0 if self._from_start else order.first_early - 1))
        more = True
        while more:
            await self.room()
            after = order.cursor or 0
            try:
                page = await link.ask(
                    lambda r, after=after: frames.History(  # type: ignore[misc]
                        conv=conv, id=r, after=after, limit=frames.HISTORY_LIMIT
                    )
                )
            except Refused:
                return  # no longer a member: there is nothing to read
            more = isinstance(page, frames.Events) and page.more

    def _turn(self, page: frames.Events) -> None:
        order = self._orders.setdefault(page.conv, Order())
        if order.cursor is not None and order.cursor < page.first_seq - 1:
            self._deliver(order.begin(page.first_seq - 1))
        for event in page.events:
            self._deliver(order.arrive(event.seq, event))

    def _arrive(self, conv: str, seq: int, event: frames.Event | None) -> None:
        order = self._orders.setdefault(conv, Order())
        self._deliver(order.arrive(seq, event))
        if order.missing or order.cursor is None:
            self._read_on([conv])

    def _read_on(self, convs: Sequence[str]) -> None:
        self._to_read.update(dict.fromkeys(convs))
        self._reading_wanted.set()

    def _deliver(self, events: Sequence[frames.Event]) -> None:
        if events:
            self._waiting.extend(events)
            self._changed.set()


async def list_conversations(link: Link) -> list[frames.ConversationItem]:
    items: list[frames.ConversationItem] = []
    after, more = 0, True
    while more:
        page = await link.ask(
            lambda r, after=after: frames.Conversations(id=r, after=after, limit=200)  # type: ignore[misc]
        )
        if not isinstance(page, frames.ConversationPage):
            break
        items += page.items
        more = page.more and bool(page.items)
        after = page.items[-1].version if page.items else after
    return items


async def sync(link: Link, cursors: Mapping[str, int]) -> None:
    """As many at once as a frame may name."""
    held = list(cursors.items())
    for first in range(0, len(held), frames.SYNC_CONVERSATIONS):
        some = dict(held[first : first + frames.SYNC_CONVERSATIONS])
        await link.ask(lambda r, some=some: frames.Sync(cursors=some, id=r))  # type: ignore[misc]
