"""Catching a device up without a gap: hold its conversation, read, and go live in one step.

Called by connections for `history` and `sync`. While a conversation is held, the fan-out
gathers what comes for it; between the last page and the release nothing is awaited.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from msgspec.structs import replace

from chat_server.delivery.fanout import Fanout
from chat_server.delivery.seat import Hold, Seat
from chat_server.domain.errors import NotAMember
from chat_server.transport.answers import history_page, mark_list, shown
from chat_server.usecases.messaging.history import Page, ReadHistory
from chat_server.usecases.messaging.marks import SeeMarks
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


class ReadingOn:
    def __init__(self, history: ReadHistory, see_marks: SeeMarks, fanout: Fanout) -> None:
        self._history, self._see_marks, self._fanout = history, see_marks, fanout

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
        for conv, cursor in cursors.items():
            if reader.behind:
                left = 0  # it does not read as fast as we push: it pulls the rest
            try:
                left -= await self._push_missed(reader, conv, cursor, left)
                marks += mark_list(await self._see_marks(reader.seat.user, conv))
            except NotAMember:
                continue  # of what one is no longer in there is nothing to catch up
        reader.answer(frames.Synced(marks=marks, id=request))

    async def _push_missed(self, reader: Reader, conv: str, cursor: int, left: int) -> int:
        """How many events were pushed."""
        seat = reader.seat
        was_pulling = seat.pulls(conv)
        hold = seat.hold(conv)
        try:
            page = await self._history(
                seat.user,
                conv,
                after=cursor,
                before=None,
                limit=max(min(frames.SYNC_EVENTS_EACH, left), 1),
            )
        except BaseException:
            seat.pull(conv, hold)
            if not was_pulling and conv in seat.convs:
                seat.lag(conv, 0)
            raise
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
