"""A seat: one connected device, as the fan-out sees it.

The fan-out pushes through it; transport holds and releases conversations on it while a
device reads on. It writes into an outbox that takes or refuses, and never waits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from msgspec import UNSET

from chat_server.domain.message import Event
from chat_server.wire.close_codes import CloseCode
from chat_server.wire.codec import JSON, Dialect
from chat_server.wire.frames import Ack, Lagging, Marks, ServerFrame
from chat_server.wire.own_frames import Settings, StarMark

# what one held conversation gathers before it must be read again
HOLD_FRAMES, HOLD_BYTES = 500, 256 * 1024


class Outgoing(Protocol):
    """The way to the device."""

    def push(self, frame: bytes) -> bool:
        """Take the frame unless the device is too far behind."""

    def answer(self, frame: bytes) -> None:
        """Take the frame in any case: the device asked for it."""


class Spelt:
    """An event as a frame, made once for each spelling that somebody needs."""

    __slots__ = ("_other", "event", "json")

    def __init__(self, event: Event) -> None:
        self.event = event
        self.json: bytes | None = None  # once somebody has asked for it
        self._other: bytes | None = None

    def frame(self, dialect: Dialect) -> bytes:
        if dialect is JSON:
            if self.json is None:
                self.json = dialect.pack(dialect.event(self.event))
            return self.json
        if self._other is None:
            self._other = dialect.pack(dialect.event(self.event))
        return self._other


class Awaited:
    """A send of a connection here, whose ack leaves when its event's turn comes."""

    __slots__ = ("answered", "changed", "duplicate", "mid", "request", "seat", "sent_at")

    def __init__(self, seat: Seat, mid: str, request: str, sent_at: float) -> None:
        self.seat, self.mid, self.request, self.sent_at = seat, mid, request, sent_at
        self.changed: bytes | None = None
        self.duplicate = False
        self.answered = False


class Hold:
    """What came for a conversation while its device was being caught up: seq → (frame, own ack)."""

    __slots__ = ("frames", "overflown", "size")

    def __init__(self) -> None:
        self.frames: dict[int, tuple[bytes, bool]] = {}
        self.size = 0
        self.overflown = False

    def keep(self, seq: int, frame: bytes, *, own: bool) -> None:
        self.size += len(frame)
        if own or (len(self.frames) < HOLD_FRAMES and self.size <= HOLD_BYTES):
            self.frames[seq] = (frame, own)
        else:
            self.overflown = True


class Seat:
    """Every conversation of a seat is live, held, or pulled by the device itself."""

    __slots__ = (
        "_all_live", "_holds", "_outbox", "_pulling", "convs", "decided", "dialect", "end", "gone",
        "lagged", "marks", "own", "session_id", "user",
    )  # fmt: skip

    def __init__(
        self,
        user: str,
        session_id: str,
        dialect: Dialect,
        outbox: Outgoing,
        end: Callable[[CloseCode, str], None],
    ) -> None:
        self.user, self.session_id, self.dialect = user, session_id, dialect
        self.end = end
        self.convs: set[str] = set()
        self.gone = False
        self.decided: set[str] = set()  # memberships that were read while it was sitting down
        self.lagged = 0  # how often push stopped
        self.marks: dict[tuple[str, str], tuple[int, int]] = {}
        self.own: dict[str | tuple[str, int], Settings | StarMark] = {}  # by place
        self._outbox = outbox
        self._pulling: set[str] = set()
        self._holds: dict[str, Hold] = {}
        self._all_live = True  # the common case, kept apart for speed

    def push(self, spelt: Spelt) -> None:
        frame = spelt.json if self.dialect is JSON else None  # one call less for each receiver
        if frame is None:
            frame = spelt.frame(self.dialect)
        if not self._all_live:
            event = spelt.event
            if event.conv in self._pulling:
                return
            if (hold := self._holds.get(event.conv)) is not None:
                hold.keep(event.seq, frame, own=False)
                return
        if not self._outbox.push(frame):
            self._lag()

    def acknowledge(self, event: Event, awaited: Awaited) -> None:
        """The event is this device's own: instead of it, its ack."""
        ack = Ack(
            conv=event.conv,
            mid=event.mid,
            seq=event.seq,
            ts=event.ts,
            id=awaited.request,
            duplicate=awaited.duplicate,
            body=UNSET if awaited.changed is None else self.dialect.body(event.body),
        )
        frame = self.dialect.pack(ack)
        hold = None if self._all_live else self._holds.get(event.conv)
        if hold is not None and not awaited.duplicate:
            hold.keep(event.seq, frame, own=True)
        else:
            self._outbox.answer(frame)

    def answer(self, frame: bytes) -> None:
        self._outbox.answer(frame)

    def tell(self, frame: ServerFrame) -> bool:
        """Something that may be dropped."""
        return self._outbox.push(self.dialect.pack(frame))

    def tell_marks(self) -> None:
        """What moved since last time; what finds no room waits, always at its newest."""
        for (conv, user), (read, delivered) in list(self.marks.items()):
            if not self.tell(Marks(conv=conv, user=user, read=read, delivered=delivered)):
                return
            self.marks.pop((conv, user), None)

    def tell_own(self) -> None:
        """What this person changed for themselves; waits for room like the marks."""
        for place, frame in list(self.own.items()):
            if not self.tell(frame):
                return
            self.own.pop(place, None)

    def pulls(self, conv: str) -> bool:
        return conv in self._pulling

    def hold(self, conv: str) -> Hold:
        """From now on what comes for the conversation is gathered, not pushed."""
        hold = self._holds[conv] = Hold()
        self._pulling.discard(conv)
        self._all_live = False
        return hold

    def release(self, conv: str, hold: Hold, after: int) -> None:
        """Go live: what was gathered beyond `after` leaves now, in order.

        Every ack leaves: the device may have read its own event already, and still waits.
        """
        if self._holds.get(conv) is not hold:
            return
        del self._holds[conv]
        self._settle()
        for seq in sorted(hold.frames):
            frame, own = hold.frames[seq]
            if own:
                self._outbox.answer(frame)
            elif seq > after and conv not in self._pulling and not self._outbox.push(frame):
                self._lag()

    def pull(self, conv: str, hold: Hold) -> None:
        """Push stops for this conversation; acks that were gathered leave now."""
        if self._holds.get(conv) is hold:
            del self._holds[conv]
            for seq in sorted(hold.frames):
                frame, own = hold.frames[seq]
                if own:
                    self._outbox.answer(frame)
        if conv in self.convs:
            self._pulling.add(conv)
        self._settle()

    def lag(self, conv: str, head: int) -> None:
        """Push stops for one conversation, and the device is told."""
        self._pulling.add(conv)
        self._all_live = False
        self._tell_lag(Lagging(conv=conv, head=head))

    def drop(self, conv: str) -> None:
        """No longer of this seat; acks that were gathered still leave."""
        self.convs.discard(conv)
        if (hold := self._holds.get(conv)) is not None:
            self.pull(conv, hold)
        self._pulling.discard(conv)
        self._settle()

    def _lag(self) -> None:
        """The device is too far behind: push stops everywhere, and it is told once."""
        for hold in self._holds.values():
            hold.overflown = True
        self._pulling = self.convs - self._holds.keys()
        self._all_live = False
        self._tell_lag(Lagging())

    def _tell_lag(self, frame: Lagging) -> None:
        self.lagged += 1
        self._outbox.answer(self.dialect.pack(frame))

    def _settle(self) -> None:
        self._all_live = not self._pulling and not self._holds
