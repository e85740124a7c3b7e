"""Catching a device up without a gap: hold its conversation, read, and go live in one step.

Called by connections for `history` and `sync`. While a conversation is held, the fan-out
gathers what comes for it; between the last page and the release nothing is awaited.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Protocol

from msgspec.structs import replace

from chat_server.delivery.fanout import Fanout
from chat_server.delivery.seat import Hold, Seat
from chat_server.domain.conversation import Membership
from chat_server.domain.errors import NotAMember
from chat_server.transport.answers import history_page, mark_list, shown
from chat_server.usecases.messaging.history import Page, ReadHistory
from chat_server.usecases.messaging.marks import SeeMarks
from chat_server.usecases.messaging.missed import AT_ONCE, FEW, Missed, ReadMissed
from chat_server.wire import frames
from chat_server.wire.codec import Dialect


class Reader(Protocol):
    """The connection that reads on."""

    seat: Seat
    dialect: Dialect

    def answer(self, frame: frames.ServerFrame) -> None: ...

    @property
    def behind(self) -> bool:
        """Whether the device has not read most of what it was given."""


class _Held:
    """A conversation that is held until it is caught up."""

    def __init__(self, seat: Seat, conv: str) -> None:
        self._seat, self._conv = seat, conv
        self._was_pulling = seat.pulls(conv)
        self.hold = seat.hold(conv)

    def let_go(self) -> None:
        """It was not: the device reads on by itself."""
        self._seat.pull(self._conv, self.hold)
        if not self._was_pulling and self._conv in self._seat.convs:
            self._seat.lag(self._conv, 0)


class ReadingOn:
    def __init__(
        self, history: ReadHistory, missed: ReadMissed, see_marks: SeeMarks, fanout: Fanout
    ) -> None:
        self._history, self._missed = history, missed
        self._see_marks, self._fanout = see_marks, fanout

    async def history(
        self,
        reader: Reader,
        conv: str,
        *,
        after: int | None,
        before: int | None,
        limit: int,
        request: str,
    ) -> None:
        seat = reader.seat
        hold = seat.hold(conv) if after is not None and seat.pulls(conv) else None
        try:
            page = await self._history(seat.user, conv, after=after, before=before, limit=limit)
        except BaseException:
            if hold is not None:
                seat.pull(conv, hold)
            raise
        if hold is None:
            reader.answer(history_page(reader.dialect, seat.user, conv, page, request))
            return
        last = page.events[-1].seq if page.events else max(after or 0, page.head)
        live = (
            not page.more
            and not hold.overflown
            and self._reached(self._head(seat, conv, page), last, hold)
        )
        told = replace(page, more=not live)
        reader.answer(history_page(reader.dialect, seat.user, conv, told, request))
        if live:
            seat.release(conv, hold, last)
        else:
            seat.pull(conv, hold)

    async def sync(self, reader: Reader, cursors: Mapping[str, int], request: str) -> None:
        left = frames.SYNC_EVENTS
        marks: list[frames.Mark] = []
        for some in _parts(cursors):
            held = {conv: _Held(reader.seat, conv) for conv in some}
            try:
                known = await self._known(reader, some, left)
                for conv, cursor in some.items():
                    if reader.behind:
                        left = 0  # it does not read as fast as we push: it pulls the rest
                    pushed, seen = await self._catch_up(
                        reader, conv, cursor, left, held, known.get(conv)
                    )
                    left -= pushed
                    marks += mark_list(seen)
            finally:
                for one in held.values():
                    one.let_go()
        reader.answer(frames.Synced(marks=marks, id=request))

    async def _known(
        self, reader: Reader, cursors: Mapping[str, int], left: int
    ) -> Mapping[str, Missed]:
        """What can be told of many at once."""
        if len(cursors) < 2 or left < FEW * len(cursors) or reader.behind:  # noqa: PLR2004 - many
            return {}
        return await self._missed(reader.seat.user, cursors)

    async def _catch_up(
        self,
        reader: Reader,
        conv: str,
        cursor: int,
        left: int,
        held: dict[str, _Held],
        known: Missed | None,
    ) -> tuple[int, Sequence[Membership]]:
        """How many events were pushed, and whose marks are to be told."""
        user = reader.seat.user
        try:
            page = known.page if known else await self._page(user, conv, cursor, left)
            pushed = self._push(reader, conv, cursor, page, held.pop(conv).hold, left)
            return pushed, known.members if known else await self._see_marks(user, conv)
        except NotAMember:
            return 0, ()  # of what one is no longer in there is nothing to catch up

    async def _page(self, user: str, conv: str, cursor: int, left: int) -> Page:
        limit = max(min(frames.SYNC_EVENTS_EACH, left), 1)
        return await self._history(user, conv, after=cursor, before=None, limit=limit)

    def _push(
        self, reader: Reader, conv: str, cursor: int, page: Page, hold: Hold, left: int
    ) -> int:
        """How many events were pushed. Nothing is awaited, so that there is no gap."""
        seat = reader.seat
        head = self._head(seat, conv, page)
        missed = [e for e in page.events if e.seq <= head] if left > 0 else []
        for event in missed:
            frame, own = hold.frames.pop(event.seq, (b"", False))
            if own:
                reader.seat.answer(frame)
            else:
                reader.answer(shown(reader.dialect, event, page.forms, seat.user))
        last = missed[-1].seq if missed else max(cursor, page.first_seq - 1)
        if not hold.overflown and self._reached(self._head(seat, conv, page), last, hold):
            seat.release(conv, hold, last)
        else:
            seat.pull(conv, hold)
            seat.lag(conv, page.head)
        return len(missed)

    def _head(self, seat: Seat, conv: str, page: Page) -> int:
        """Where pushes will go on: what was delivered here, or the end for who has left."""
        return self._fanout.head(conv) if conv in seat.convs else page.head

    def _reached(self, head: int, last: int, hold: Hold) -> bool:
        """Whether `last` and what was gathered behind it reach the head without a gap."""
        return all(seq in hold.frames for seq in range(last + 1, head + 1))


def _parts(cursors: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Those that can be caught up together, and each of the others."""
    simple = iter([one for one in cursors.items() if ReadMissed.simple(one[0])])
    while some := dict(islice(simple, AT_ONCE)):
        yield some
    for conv, cursor in cursors.items():
        if not ReadMissed.simple(conv):
            yield {conv: cursor}
