"""One device's connection: frames in, intents carried out, answers out.

The carriage brings payloads and takes bytes. What can be done at once is done at once;
what must wait for the store goes into lanes, so that the order of sends stands. Decides
nothing itself: the session and the use cases do.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, assert_never

import structlog

from chat_server.delivery.seat import Seat
from chat_server.domain.errors import (
    ChatError,
    Forbidden,
    Malformed,
    NotAuthenticated,
    SessionRevoked,
    StoreUnavailable,
)
from chat_server.session import intents
from chat_server.session.machine import Session
from chat_server.session.outbox import Outbox
from chat_server.transport.carrier import Carrier
from chat_server.transport.errands import Errands
from chat_server.usecases.messaging.send import Sender
from chat_server.wire import frames
from chat_server.wire.close_codes import CloseCode
from chat_server.wire.codec import Dialect, fault_frame

if TYPE_CHECKING:
    from chat_server.transport.websocket import SocketRoom

log = structlog.get_logger()

_CLOSES: dict[type[ChatError], CloseCode] = {
    NotAuthenticated: CloseCode.NOT_AUTHENTICATED,
    Forbidden: CloseCode.FORBIDDEN,
    SessionRevoked: CloseCode.SESSION_REVOKED,
}


class Connection:
    """Made when the upgrade was accepted; ends with `lost`."""

    def __init__(self, room: SocketRoom, carrier: Carrier, dialect: Dialect, bearer: str) -> None:
        self.dialect = dialect
        self.heard_at = self.opened_at = room.now
        self.closed_at: float | None = None
        self.unlimited = False
        self._room, self._carrier, self._bearer = room, carrier, bearer
        self._session = Session()
        self._outbox = Outbox(room.outlet, carrier.write, carrier.unsent, room.limits.outbox_bytes)
        self.seat = Seat("", "", dialect, self._outbox, self.close)
        self._errands = Errands(room, self)
        self._hushed: set[str] = set()  # why nothing is read now
        self._pinged = False
        self._frames = 0  # since the last tick
        self._gone = False

    # --- from the carriage

    def received(self, payload: bytes, opcode: int) -> None:
        if self.closed_at is not None:
            return
        self._frames += 1
        if opcode != self.dialect.opcode:
            self.close(CloseCode.MALFORMED, f"{self.dialect.name} uses the other kind of frame")
            return
        try:
            frame = self.dialect.decode(payload)
        except Malformed as exc:
            self._misread(payload, exc.message)
            return
        if self._frames > self._room.limits.frames_per_s and not self.unlimited:
            self.close(CloseCode.FLOODING, "too many frames")
            return
        self.perform(self._session.receive(frame))

    def clogged(self) -> None:
        """Enough waits below."""
        self._outbox.hold()

    def writable(self) -> None:
        """What waited below has mostly left."""
        self._outbox.release()
        self._go_on()
        self.seat.tell_own()

    def pinged(self, pong: bytes) -> None:
        """Answered like any request: a flood of pings cannot pile up."""
        self._frames += 1
        if self._frames > self._room.limits.frames_per_s:
            self.close(CloseCode.FLOODING, "too many frames")
        else:
            self._put(pong)

    def farewell(self) -> None:
        """The device closes: what waits for it leaves first, and nothing after."""
        self._outbox.close()

    def turn_away(self) -> None:
        """Come back later: there is no room now, or nobody who could let anybody in."""
        self.close(CloseCode.TRY_LATER, self._room.retry_reason())

    def cut(self) -> None:
        self._carrier.abort()

    def lost(self) -> None:
        if self._gone:
            return
        self._gone = True
        self._outbox.closed = True
        self._session.hang(CloseCode.TIMED_OUT, "gone")
        self._errands.stop()
        self._room.forget(self)

    # --- once a tick, from the room

    def on_tick(self, now: float, ping: bytes) -> None:
        limits = self._room.limits
        self._frames = 0
        self._errands.on_tick()
        if self.closed_at is not None:
            if now - self.closed_at > limits.linger_s:
                self._carrier.abort()
            return
        if self._hushed:
            self.heard_at = now  # we do not listen: it may well have spoken
            if not self._outbox.full:
                self._go_on()
        silence = now - self.heard_at
        if not self._session.live and now - self.opened_at > limits.hello_s:
            self.close(CloseCode.TIMED_OUT, "no hello in time")
        elif silence > limits.silent_s:
            self.close(CloseCode.TIMED_OUT, "not a byte for too long")
        elif silence < limits.ping_s:
            self._pinged = False
        elif not self._pinged:
            self._pinged = True
            self._outbox.push(ping)

    # --- out

    def answer(self, frame: frames.ServerFrame) -> None:
        self._put(self.dialect.pack(frame))

    def refuse(self, exc: BaseException, request: str) -> None:
        """Tell what went wrong; what we did not foresee is logged, and named `internal`."""
        if not isinstance(exc, ChatError):
            log.error("request_failed", session=self.seat.session_id, exc_info=exc)
        self.answer(fault_frame(exc, request))

    def close(self, code: CloseCode, reason: str) -> None:
        if self.closed_at is not None:
            return
        self.closed_at = self._room.now
        self._session.hang(code, reason)
        self._outbox.close()
        self._errands.stop()
        self._room.leave(self.seat)
        self._carrier.close(code, reason)
        if self._hushed and not self._gone:
            self._carrier.resume()  # to hear the device's own close frame
        self._room.closed[code] += 1

    @property
    def behind(self) -> bool:
        """Whether the device has not read most of what it was given."""
        return self._outbox.full

    async def drained(self) -> None:
        while self._outbox.full and not self._gone:
            await self._errands.wait_drained()

    def hush(self, why: str) -> None:
        """Read no more from this device until `unhush` for the same reason."""
        if not self._hushed and self.closed_at is None:
            self._carrier.pause()
        self._hushed.add(why)

    def unhush(self, why: str) -> None:
        if why in self._hushed:
            self._hushed.remove(why)
            if not self._hushed and not self._gone:
                self._carrier.resume()

    @property
    def in_flight(self) -> int:
        return self._errands.in_flight

    # --- intents

    def perform(self, wanted: Iterable[intents.Intent]) -> None:  # noqa: C901, PLR0912 - a table
        for intent in wanted:
            match intent:
                case intents.Post():
                    self._errands.post(intent)
                case intents.Act():
                    self._errands.act(intent)
                case intents.Move():
                    self._errands.move(intent)
                case intents.Type():
                    self._errands.tell_typing(intent)
                case intents.Echo():
                    self.answer(frames.Pong(id=intent.request))
                case intents.Keep() | intents.Begin() | intents.Point() | intents.ListStarred():
                    self._errands.keep_own(intent)
                case intents.WatchPeople() | intents.Step():
                    self._errands.attend(intent)
                case intents.Press():
                    self._errands.press(intent)
                case intents.TurnPage() | intents.CatchUp() | intents.ListMine():
                    self._errands.read(intent)
                case intents.Join():
                    self.hush("joining")
                    self._errands.ask(intent.request, partial(self._join, intent))
                case intents.Refuse():
                    self.refuse(Malformed(intent.message), intent.request)
                case intents.Hang():
                    self.close(intent.code, intent.reason)
                case _:
                    assert_never(intent)

    async def _join(self, join: intents.Join) -> None:
        try:
            sender, session_id = await self._admit(join)
        except (NotAuthenticated, Forbidden, SessionRevoked) as exc:
            self.close(_CLOSES[type(exc)], exc.message)
        except Exception as exc:  # the device comes back later
            if not isinstance(exc, StoreUnavailable):
                log.exception("join_failed")
            self.turn_away()
        else:
            self._errands.sender, self._errands.device = sender, join.device
            self.unlimited = sender.unlimited
            self._welcome(sender, session_id, join)

    async def _admit(self, join: intents.Join) -> tuple[Sender, str]:
        use, fanout = self._room.use, self._room.fanout
        claims = use.authenticate(join.token or self._bearer)
        seat = self.seat
        seat.user, seat.session_id = claims.user, claims.session_id
        if len(fanout.roster.of_session(seat.user, seat.session_id)) >= (
            self._room.limits.sockets_per_session
        ):
            raise Forbidden("too many connections of one device")
        fanout.expect_seat(seat)  # first, so that a log-out in between is heard
        sender = await use.admit(claims, join.device)
        await fanout.sit(seat)
        return sender, claims.session_id

    def _welcome(self, sender: Sender, session_id: str, join: intents.Join) -> None:
        if self.closed_at is not None or self._gone:
            self._room.fanout.leave(self.seat)
            return
        self.answer(self._room.welcome(sender.user, join.device, session_id, join.request))
        self._room.presence.came(self.seat)
        self.perform(self._session.joined())
        self.unhush("joining")

    def _go_on(self) -> None:
        self._errands.drained()
        self.unhush("full")
        self.seat.tell_marks()

    def _misread(self, payload: bytes, message: str) -> None:
        if not self.dialect.readable(payload):
            self.close(CloseCode.MALFORMED, "text that is not UTF-8")
            return
        self.perform(self._session.misread(message, self.dialect.request_id(payload)))

    def _put(self, frame: bytes) -> None:
        self._outbox.answer(frame)
        if self._outbox.full:
            self.hush("full")
