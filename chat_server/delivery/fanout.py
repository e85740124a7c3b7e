"""Fan-out: tell every device here of what was stored, in the log's order and once.

Called by the store's ring, the bus and transport. Never stores anything and never waits
for a device: one that cannot keep up pulls from the log instead. Rings may be lost; heads
are compared with the store every few seconds, and what was missed is read from there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress

import structlog

from chat_server.delivery.roster import Roster
from chat_server.delivery.seat import Awaited, Seat
from chat_server.delivery.tail import Tail
from chat_server.delivery.tally import Tally
from chat_server.domain.errors import ChatError, StoreUnavailable
from chat_server.domain.message import Appended, Event
from chat_server.ports.bus import (
    MembershipChanged,
    MessageStored,
    PositionsMoved,
    SessionEnded,
    Signal,
    Typing,
)
from chat_server.ports.clock import Clock
from chat_server.ports.store import ConversationStore, MessageStore
from chat_server.wire.close_codes import CloseCode
from chat_server.wire.frames import TypingState

log = structlog.get_logger()

COMPARE_S = 5.0
GRACE_S = 0.02  # a ring of another node may still be on its way
PAGE = 200
CHUNK = 500
_TWO_SIDED = ("d:", "s:")  # direct and service: the other side sees the marks


class _Moved:
    """A membership that changed and has not been read yet; each change is a new one."""

    def __init__(self, was_here: bool) -> None:
        self.was_here = was_here


class Fanout:
    """`run` must be running; `rung` and `on_signal` are to be subscribed."""

    def __init__(
        self,
        messages: MessageStore,
        conversations: ConversationStore,
        clock: Clock,
        *,
        monotonic: Callable[[], float],
        call_soon: Callable[[Callable[[], None]], object],
    ) -> None:
        self._messages, self._conversations = messages, conversations
        self._clock, self._monotonic, self._call_soon = clock, monotonic, call_soon
        self.roster = Roster()
        self.tally = Tally()
        self._bell = asyncio.Event()
        self._compare_at = monotonic() + COMPARE_S
        self._moved: dict[tuple[str, str], _Moved] = {}  # by (conv, user)
        self._marked: dict[Seat, None] = {}
        self._gaps: dict[str, None] = {}  # conversations that wait for a missing event

    # --- devices come and go

    def expect_seat(self, seat: Seat) -> None:
        """From here the seat hears of log-outs and of changes to its memberships."""
        self.roster.add(seat)

    async def sit(self, seat: Seat) -> None:
        """From here every conversation of this person is live on this seat."""
        convs = await self._conversations_of(seat.user)
        tails = await self._open(convs)
        if seat.gone:
            for tail in tails:
                self.roster.close_if_idle(tail)
            return
        for tail in tails:
            # what changed since we read is decided by `run`, or was already
            if tail.conv not in seat.decided and (tail.conv, seat.user) not in self._moved:
                self.roster.attach(seat, tail)
        seat.decided.clear()

    def leave(self, seat: Seat) -> None:
        self._marked.pop(seat, None)
        self.roster.remove(seat)

    async def attach(self, seat: Seat, conv: str) -> None:
        """A conversation that the seat did not know of."""
        (tail,) = await self._open([conv])
        if seat.gone:
            self.roster.close_if_idle(tail)
        else:
            self.roster.attach(seat, tail)

    def head(self, conv: str) -> int:
        """How far the conversation was delivered here; 0 when it is not live here."""
        tail = self.roster.tails.get(conv)
        return max(tail.head, 0) if tail else 0

    # --- sends and their acks

    def expect(self, conv: str, awaited: Awaited) -> None:
        """Its connection gets the ack, and not the event, when its turn comes."""
        self.roster.tails[conv].expect(awaited.seat.user, awaited)

    def give_up(self, conv: str, awaited: Awaited) -> None:
        """Nothing was appended."""
        self.tally.refused += 1
        tail = self.roster.tails.get(conv)
        if tail is not None:
            tail.forget(awaited.seat.user, awaited)
            self.roster.close_if_idle(tail)

    def appended(self, appended: Appended, awaited: Awaited) -> None:
        """It is durable. Usually its turn has come already; a duplicate's is long past."""
        event = appended.event
        tail = self.roster.tails.get(event.conv)
        if awaited.answered or tail is None:
            return
        awaited.duplicate = appended.duplicate
        if tail.head < event.seq:
            tail.heard = max(tail.heard, event.seq)
            self._note_gap(tail)
            return
        tail.forget(awaited.seat.user, awaited)
        awaited.answered = True
        awaited.seat.acknowledge(event, awaited)
        self.tally.ack(self._monotonic() - awaited.sent_at)
        self.roster.close_if_idle(tail)

    # --- what is heard

    def rung(self, appended: Sequence[Event]) -> None:
        for event in appended:
            tail = self.roster.tails.get(event.conv)
            if tail is not None:
                self._arrive(tail, event)

    def on_signal(self, signal: Signal) -> None:
        match signal:
            case MessageStored(event):
                self.rung((event,))
            case PositionsMoved():
                self._on_positions(signal)
            case Typing():
                self._on_typing(signal)
            case MembershipChanged(conv, user):
                self._on_membership(conv, user)
            case SessionEnded(session_id):
                for seat in [s for s in self.roster.all() if s.session_id == session_id]:
                    seat.end(CloseCode.SESSION_REVOKED, "this device was logged out")

    def look_again(self) -> None:
        """After a gap in the bus's signals: compare every head now."""
        self._compare_at = self._monotonic()
        self._bell.set()

    def _arrive(self, tail: Tail, event: Event) -> None:
        before = tail.head
        answered = tail.arrive(event)
        self.tally.delivered += tail.head - before
        if answered:
            self._count(answered)
        if tail.stash:
            self._note_gap(tail)

    def _count(self, answered: Iterable[Awaited]) -> None:
        now = self._monotonic()
        for awaited in answered:
            self.tally.ack(now - awaited.sent_at)

    def _on_positions(self, moved: PositionsMoved) -> None:
        tail = self.roster.tails.get(moved.conv)
        if tail is None:
            return
        shared = moved.conv.startswith(_TWO_SIDED)
        seats = list(tail.seats) if shared else self.roster.seats_of(moved.user)
        for seat in seats:
            if moved.conv not in seat.convs:
                continue
            read, delivered = seat.marks.get((moved.conv, moved.user), (0, 0))
            newest = (max(read, moved.read), max(delivered, moved.delivered))
            seat.marks[moved.conv, moved.user] = newest
            if not self._marked:
                self._call_soon(self._tell_marks)
            self._marked[seat] = None

    def _tell_marks(self) -> None:
        marked, self._marked = self._marked, {}
        for seat in marked:
            seat.tell_marks()

    def _on_typing(self, typing: Typing) -> None:
        tail = self.roster.tails.get(typing.conv)
        for seat in list(tail.seats) if tail else ():
            if seat.user != typing.user:
                seat.tell(TypingState(conv=typing.conv, user=typing.user, on=typing.on))

    def _on_membership(self, conv: str, user: str) -> None:
        """Push stops at once; what they may see now is asked of the store."""
        for seat in self.roster.seats_of(user):
            was_here = conv in seat.convs
            self.roster.detach(seat, conv)
            former = self._moved.get((conv, user))
            self._moved[conv, user] = _Moved(was_here or (former is not None and former.was_here))
            self._bell.set()

    # --- what runs behind

    async def run(self) -> None:
        """Until cancelled: repair gaps as they show, and look for unheard ones."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(max(self._compare_at - self._monotonic(), 0)):
                    await self._bell.wait()
            self._bell.clear()
            await self._attempt(self._apply_memberships)
            if self._monotonic() >= self._compare_at:
                await self._attempt(self._compare_heads)
            if self._gaps:
                await self._clock.sleep(GRACE_S)
                await self._attempt(self._repair_all)

    async def _attempt(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except StoreUnavailable:
            log.warning("fanout_waits_for_store")
            await self._clock.sleep(1.0)
            self._bell.set()
        except Exception:
            log.exception("fanout_failed")
            await self._clock.sleep(1.0)
            self._bell.set()

    async def _compare_heads(self) -> None:
        self._compare_at = self._monotonic() + COMPARE_S
        convs = list(self.roster.tails)
        for start in range(0, len(convs), CHUNK):
            for conv, head in (await self._messages.heads(convs[start : start + CHUNK])).items():
                tail = self.roster.tails.get(conv)
                if tail is not None:
                    tail.heard = max(tail.heard, head.seq)
                    self.roster.close_if_idle(tail)
                    self._note_gap(tail)

    async def _repair_all(self) -> None:
        for conv in list(self._gaps):
            tail = self.roster.tails.get(conv)
            if tail is not None and tail.behind:
                await self._repair(tail)
            if tail is None or not tail.behind:
                self._gaps.pop(conv, None)
        if self._gaps:
            self._bell.set()  # what the store does not show yet is looked for again

    def _note_gap(self, tail: Tail) -> None:
        if tail.behind:
            self._gaps[tail.conv] = None
            self._bell.set()

    async def _repair(self, tail: Tail) -> None:
        full = True
        while tail.behind and full:
            events = await self._messages.events(tail.conv, after=tail.head, limit=PAGE)
            full = len(events) == PAGE
            before = tail.head
            for event in events:
                self._arrive(tail, event)
            self.tally.repaired += tail.head - before
        tail.heard = max(tail.head, *tail.stash) if tail.stash else tail.head

    async def _apply_memberships(self) -> None:
        for conv, user in list(self._moved):
            await self._apply_membership(conv, user)

    async def _apply_membership(self, conv: str, user: str) -> None:
        """Until it stayed the same while we read it."""
        while (moved := self._moved.get((conv, user))) is not None:
            (tail,) = await self._open([conv])
            membership = await self._conversations.membership(conv, user)
            if self._moved.get((conv, user)) is not moved:
                continue
            del self._moved[conv, user]
            present = membership is not None and membership.left_seq is None
            for seat in self.roster.seats_of(user):
                seat.decided.add(conv)
                if present and self.roster.tails.get(conv) is tail:
                    self.roster.attach(seat, tail)
                    if moved.was_here:  # they may have missed something in between
                        seat.lag(conv, tail.head)
            self.roster.close_if_idle(tail)

    async def _conversations_of(self, user: str) -> list[str]:
        convs: list[str] = []
        after = 0
        while True:
            page = await self._conversations.memberships(user, after_version=after, limit=CHUNK)
            convs += [membership.conv for membership in page if membership.left_seq is None]
            if len(page) < CHUNK:
                return convs
            after = page[-1].version

    async def _open(self, convs: Sequence[str]) -> list[Tail]:
        """The tails of these conversations; those not live here yet begin at the log's head."""
        tails = self.roster.tails
        loop = asyncio.get_running_loop()
        fresh = [conv for conv in dict.fromkeys(convs) if conv not in tails]
        for conv in fresh:
            tails[conv] = Tail(conv, loop.create_future())
        wanted = [tails[conv] for conv in convs]
        if fresh:
            await self._read_heads(fresh)
        for tail in wanted:
            await asyncio.shield(tail.opened)
        # one that was opened by others may have been closed with them meanwhile
        if any(tails.get(tail.conv) is not tail for tail in wanted):
            return await self._open(convs)
        return wanted

    async def _read_heads(self, convs: Sequence[str]) -> None:
        opening = [self.roster.tails[conv] for conv in convs]
        try:
            heads = await self._messages.heads(convs)
        except BaseException as exc:
            for tail in opening:
                self.roster.tails.pop(tail.conv, None)
                failure = exc if isinstance(exc, ChatError) else StoreUnavailable()
                tail.opened.set_exception(failure)
                tail.opened.exception()  # whoever else waits gets it; nobody may
            raise
        for tail in opening:
            self._count(tail.open_at(heads[tail.conv].seq))
            tail.opened.set_result(None)
            self._note_gap(tail)
