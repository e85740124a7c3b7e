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

from chat_server.delivery.desks import tell_case
from chat_server.delivery.marking import Marking
from chat_server.delivery.roster import Roster
from chat_server.delivery.seat import Awaited, Seat
from chat_server.delivery.tail import Tail
from chat_server.delivery.tally import Tally
from chat_server.delivery.usher import Usher
from chat_server.domain.conversation import Membership
from chat_server.domain.errors import ChatError, NotAMember, StoreUnavailable
from chat_server.domain.forms import asked_about, without_recalled
from chat_server.domain.message import Appended, Event, moves_members
from chat_server.ports.bus import (
    CaseMoved,
    MembershipChanged,
    MessageStored,
    OwnChanged,
    PositionsMoved,
    SessionEnded,
    Signal,
    StarChanged,
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
        self._clock, self._monotonic = clock, monotonic
        self.roster = Roster()
        self.tally = Tally()
        self._usher = Usher(self.roster)
        self._marking = Marking(self.roster, monotonic=monotonic, call_soon=call_soon)
        self._bell = asyncio.Event()
        self._compare_at = monotonic() + COMPARE_S
        self._moved: dict[tuple[str, str], _Moved] = {}  # by (conv, user)
        self._gaps: dict[str, None] = {}  # conversations that wait for a missing event

    # --- devices come and go

    def expect_seat(self, seat: Seat) -> None:
        """From here the seat hears of log-outs and of changes to its memberships."""
        self.roster.add(seat)

    async def sit(self, seat: Seat) -> None:
        """From here every conversation of this person is live on this seat.

        Memberships are read again with the tails open: what changed before a tail begins is
        seen then, and what changes later is delivered by it.
        """
        tails: dict[str, Tail] = {}
        version, more = 0, True
        while more:
            found = await self._memberships(seat.user, version)
            more = bool(found)
            for membership in found:
                version = membership.version
                if membership.left_seq is not None:
                    tails.pop(membership.conv, None)
            present = [each.conv for each in found if each.left_seq is None]
            if present:
                tails |= {tail.conv: tail for tail in await self._open(present)}
            if any(self.roster.tails.get(conv) is not tail for conv, tail in tails.items()):
                # closed with those who sat there, maybe while the last page was read: begin again
                tails, version, more = {}, 0, True
        for tail in tails.values():
            # what changed since we read is decided by `run`, or was already
            awaited = (tail.conv, seat.user) in self._moved
            if not seat.gone and tail.conv not in seat.decided and not awaited:
                self.roster.attach(seat, tail)
            self.roster.close_if_idle(tail)
        seat.decided.clear()

    def leave(self, seat: Seat) -> None:
        self._marking.leave(seat)
        self.roster.remove(seat)

    async def attach(self, seat: Seat, conv: str) -> None:
        """A conversation that the seat did not know of; raises NotAMember."""
        while conv not in seat.convs:
            seat.decided.discard(conv)
            (tail,) = await self._open([conv])
            membership = await self._conversations.membership(conv, seat.user)
            present = membership is not None and membership.left_seq is None
            if present and not seat.gone and conv not in seat.decided:
                if self.roster.tails.get(conv) is tail:
                    self.roster.attach(seat, tail)
                continue
            self.roster.close_if_idle(tail)
            if seat.gone or not present:
                raise NotAMember

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
        if awaited.answered:
            return
        awaited.duplicate = appended.duplicate
        if tail is not None and tail.head < event.seq:
            tail.heard = max(tail.heard, event.seq)
            self._note_gap(tail)
            return
        if tail is not None:
            tail.forget(awaited.seat.user, awaited)
        awaited.answered = True
        awaited.seat.acknowledge(event, awaited)
        self.tally.ack(self._monotonic() - awaited.sent_at)
        if tail is not None:
            self.roster.close_if_idle(tail)

    # --- what is heard

    def rung(self, appended: Sequence[Event]) -> None:
        for event in appended:
            tail = self.roster.tails.get(event.conv)
            if moves_members(event.kind):
                tail = self._at_the_door(tail, event)
            if tail is not None:
                self._arrive(tail, event)

    def on_signal(self, signal: Signal) -> None:
        match signal:
            case MessageStored(event):
                self.rung((event,))
            case PositionsMoved():
                self._marking.moved(signal)
            case Typing():
                self._on_typing(signal)
            case OwnChanged() | StarChanged():
                self._marking.own(signal)
            case MembershipChanged(conv, user):
                self._on_membership(conv, user)
            case CaseMoved():
                tell_case(self.roster, signal)
            case SessionEnded(session_id):
                for seat in [s for s in self.roster.all() if s.session_id == session_id]:
                    seat.end(CloseCode.SESSION_REVOKED, "this device was logged out")

    def look_again(self) -> None:
        """After a gap in the bus's signals: compare every head now."""
        self._compare_at = self._monotonic()
        self._bell.set()

    def _at_the_door(self, tail: Tail | None, event: Event) -> Tail | None:
        """The tail that delivers the event; begun with it if somebody here comes in by it."""
        if tail is None and self._usher.awaits(event):
            opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            opened.set_result(None)
            tail = self.roster.tails[event.conv] = Tail(event.conv, opened, self._usher)
            tail.open_at(event.seq - 1)
        elif tail is not None and event.seq <= tail.opened_at:
            for user in self._usher.outside(event):  # they came before delivery began here
                self._ask_for(event.conv, user, was_here=True)
        return tail

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
            self._ask_for(conv, user, was_here=was_here)

    def _ask_for(self, conv: str, user: str, *, was_here: bool) -> None:
        former = self._moved.get((conv, user))
        self._moved[conv, user] = _Moved(was_here or (former is not None and former.was_here))
        self._bell.set()

    # --- what runs behind

    async def run(self) -> None:
        """Until cancelled: repair gaps as they show, and look for unheard ones."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(max(self._wake_at() - self._monotonic(), 0)):
                    await self._bell.wait()
            self._bell.clear()
            if (late_at := self._marking.late_at) is not None and self._monotonic() >= late_at:
                self._marking.tell_late()
            await self._attempt(self._apply_memberships)
            if self._monotonic() >= self._compare_at:
                await self._attempt(self._compare_heads)
            if self._gaps:
                await self._clock.sleep(GRACE_S)
                await self._attempt(self._repair_all)

    def _wake_at(self) -> float:
        late_at = self._marking.late_at
        return self._compare_at if late_at is None else min(self._compare_at, late_at)

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
            forms = await self._messages.forms(tail.conv, asked_about(events))
            for event in events:
                self._arrive(tail, without_recalled(event, forms))
            self.tally.repaired += tail.head - before
        tail.heard = max(tail.head, *tail.stash) if tail.stash else tail.head

    async def _apply_memberships(self) -> None:
        for conv, user in list(self._moved):
            await self._apply_membership(conv, user)

    async def _apply_membership(self, conv: str, user: str) -> None:
        """Until it stayed the same while we read it."""
        while (moved := self._moved.get((conv, user))) is not None:
            for seat in self.roster.seats_of(user):
                seat.decided.discard(conv)
            (tail,) = await self._open([conv])
            membership = await self._conversations.membership(conv, user)
            if self._moved.get((conv, user)) is not moved:
                continue
            if self.roster.tails.get(conv) is not tail:
                continue  # closed meanwhile by who left it last: what they saw may be old
            del self._moved[conv, user]
            for seat in self.roster.seats_of(user):
                if conv in seat.decided:
                    continue  # by the log, meanwhile
                seat.decided.add(conv)
                if membership is not None and membership.left_seq is None:
                    self.roster.attach(seat, tail)
                    # what was stored before delivery began here, or in between, is to be read
                    if moved.was_here or membership.first_seq <= tail.head:
                        seat.lag(conv, tail.head)
            self.roster.close_if_idle(tail)

    async def _memberships(self, user: str, after: int) -> list[Membership]:
        """All that changed since version `after`."""
        found: list[Membership] = []
        while True:
            page = await self._conversations.memberships(user, after_version=after, limit=CHUNK)
            found += page
            if len(page) < CHUNK:
                return found
            after = page[-1].version

    async def _open(self, convs: Sequence[str]) -> list[Tail]:
        """The tails of these conversations; those not live here yet begin at the log's head."""
        tails = self.roster.tails
        loop = asyncio.get_running_loop()
        fresh = [conv for conv in dict.fromkeys(convs) if conv not in tails]
        for conv in fresh:
            tails[conv] = Tail(conv, loop.create_future(), self._usher)
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
