"""The chat socket's room: everything that the connections of this process share.

Bootstrap makes one, gives its `protocol_class` to uvicorn, and starts and stops it. Each
connection comes by the carriage and lives in `connection.py`.
"""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from secrets import token_hex

import structlog
from prometheus_client import CollectorRegistry

from chat_server.delivery.fanout import Fanout
from chat_server.delivery.presence import PresenceDesk
from chat_server.delivery.seat import Seat
from chat_server.domain.bodies import MAX_TEXT
from chat_server.domain.errors import StoreUnavailable
from chat_server.domain.message import Event, moves_members
from chat_server.ports.bus import Bus, MessageStored, Signal
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.session.outbox import Outlet
from chat_server.transport.carrier import Carrier
from chat_server.transport.connection import Connection
from chat_server.transport.door import Door
from chat_server.transport.handshake import Refusal, Welcomed
from chat_server.transport.intake import EVERY_S, Intake
from chat_server.transport.limits import SocketLimits
from chat_server.transport.picows_protocol import PicowsProtocol, bound_to
from chat_server.transport.reading_on import ReadingOn
from chat_server.transport.socket_metrics import SocketMetrics
from chat_server.transport.use_cases import Authenticate, SubmitCard, UseCases
from chat_server.usecases.contacts.see import SeePresence
from chat_server.usecases.messaging.act import ActOnMessage, Windows
from chat_server.usecases.messaging.admit import AdmitDevice
from chat_server.usecases.messaging.conversations import ListConversations
from chat_server.usecases.messaging.enclose import Enclosures
from chat_server.usecases.messaging.history import ReadHistory
from chat_server.usecases.messaging.marks import SeeMarks
from chat_server.usecases.messaging.missed import ReadMissed
from chat_server.usecases.messaging.own import KeepOwn
from chat_server.usecases.messaging.pace import Paces
from chat_server.usecases.messaging.positions import MovePositions, TellTyping
from chat_server.usecases.messaging.refer import References
from chat_server.usecases.messaging.send import HashBody, SendMessage
from chat_server.usecases.messaging.standing import Standings
from chat_server.usecases.messaging.stars import ListStars
from chat_server.wire import codec, frames
from chat_server.wire.close_codes import CloseCode

log = structlog.get_logger()

_PING = bytes((0x89, 0))  # RFC 6455 §5.5.2
# a message's few objects live until its commit: at the default of 700 the collector walks all
# that are on their way again and again, which took a fifth of the loop's time
_COLLECT = (50_000, 20, 50)
_RETURN_S = (1.0, 5.0)  # who is told to come back does so spread over this
_TOLD = 200  # connections above the limit, each for as long as it takes to be told


class SocketRoom:
    """Make it on the running loop. `origins` are allowed beside the server's own host."""

    def __init__(
        self,
        store: Store,
        bus: Bus,
        clock: Clock,
        *,
        authenticate: Authenticate,
        submit: SubmitCard,
        hash_body: HashBody,
        paces: Paces | None = None,
        windows: Windows | None = None,
        limits: SocketLimits | None = None,
        door: Door | None = None,
        registry: CollectorRegistry | None = None,
    ) -> None:
        self.limits = limits or SocketLimits()
        self._windows = windows or Windows()
        self._door = door or Door()
        self._loop = asyncio.get_running_loop()
        self.intake = Intake(self.limits.overload_s, self._loop.time())
        self._bus, self._clock = bus, clock
        self.monotonic = self._loop.time
        self.now = self._loop.time()  # as of the last tick
        self.outlet = Outlet(self._loop.call_soon)
        self.fanout = Fanout(
            store.messages,
            store.conversations,
            clock,
            monotonic=self._loop.time,
            call_soon=self._loop.call_soon,
        )
        self.presence = PresenceDesk(
            self.fanout.roster,
            bus,
            store.sightings,
            SeePresence(store),
            clock,
            monotonic=self._loop.time,
            node=token_hex(8),
        )
        self.use = self._use_cases(store, authenticate, submit, hash_body, paces, self._windows)
        self.connections: dict[Connection, None] = {}
        self.closed: Counter[CloseCode] = Counter()
        self.reading = asyncio.Semaphore(self.limits.reading)
        self.in_flight = 0
        self.turned_down = 0  # sends refused because there were too many
        self.lagged = 0
        self.stopping = False
        self._told_to_return = 0
        self._ringing = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._drain: asyncio.Task[None] | None = None
        if registry is not None:
            registry.register(SocketMetrics(self))
        store.watch(self._rung)
        bus.subscribe(self._heard)
        bus.on_reconnect(self.use.standings.forget_all)
        bus.on_reconnect(self.fanout.look_again)

    @property
    def protocol_class(self) -> type[PicowsProtocol]:
        """For `uvicorn.Config(ws=...)`."""
        return bound_to(self)

    async def start(self) -> None:
        gc.set_threshold(*_COLLECT)
        self.spawn(self.fanout.run())
        self.spawn(self._tick())
        self.spawn(self.presence.run())
        self.spawn(self._measure())

    async def stop(self) -> None:
        """Finish what is in flight, tell every device to come back, and end."""
        await self.drain()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with suppress(StoreUnavailable):
            await self.presence.close()

    async def drain(self) -> None:
        """As uvicorn shuts its connections down; again changes nothing."""
        if self._drain is None:
            self._drain = self._loop.create_task(self._finish())
        await asyncio.shield(self._drain)

    def drain_soon(self) -> None:
        self.spawn(self.drain())

    def sessions(self) -> list[str]:
        """Of the devices that are connected here."""
        return [seat.session_id for seat in self.fanout.roster.all()]

    # --- for connections

    @property
    def full(self) -> bool:
        """A few more are let in, to be told when to come back."""
        return len(self.connections) >= self.limits.connections

    @property
    def overloaded(self) -> bool:
        """Whether new sends are to be refused, before anything is written."""
        return self.in_flight >= self.intake.width

    def let_in(self, target: str, headers: Mapping[str, str], peer: str) -> Welcomed:
        """Raises Refusal."""
        if self.stopping or len(self.connections) >= self.limits.connections + _TOLD:
            wait_s = self.retry_after_s()
            raise Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "come back later", retry_after_s=wait_s)
        return self._door.let_in(target, headers, peer)

    def connect(self, carrier: Carrier, dialect: codec.Dialect, bearer: str) -> Connection:
        connection = Connection(self, carrier, dialect, bearer)
        self.connections[connection] = None
        return connection

    def leave(self, seat: Seat) -> None:
        """Again changes nothing."""
        self.presence.left(seat)
        self.fanout.leave(seat)

    def forget(self, connection: Connection) -> None:
        self.leave(connection.seat)
        self.lagged += connection.seat.lagged
        self.connections.pop(connection, None)

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        """Kept until it ends; what fails in it is logged by whoever wrote it."""
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def retry_reason(self) -> str:
        return f"retry_after={self.retry_after_s()}"

    def retry_after_s(self) -> float:
        """When to come back: spread evenly, so that nobody comes with everybody."""
        first, last = _RETURN_S
        self._told_to_return += 1
        step = (self._told_to_return * 0.381966) % 1  # golden section: even at any count
        return round(first + (last - first) * step, 1)

    def welcome(self, user: str, device: str, session: str, request: str) -> frames.Welcome:
        limits = frames.Limits(
            frame_bytes=frames.MAX_FRAME,
            text_chars=MAX_TEXT,
            sync_conversations=frames.SYNC_CONVERSATIONS,
            history=frames.HISTORY_LIMIT,
            edit_s=self._windows.edit_s,
            recall_s=self._windows.recall_s,
            staff_recall_s=self._windows.staff_recall_s,
        )
        return frames.Welcome(
            user=user,
            device=device,
            session=session,
            server_time=self._clock.now_ms(),
            heartbeat_s=int(self.limits.ping_s),
            limits=limits,
            features=(),
            id=request,
        )

    # --- inside

    def _use_cases(
        self,
        store: Store,
        authenticate: Authenticate,
        submit: SubmitCard,
        hash_body: HashBody,
        paces: Paces | None,
        windows: Windows,
    ) -> UseCases:
        standings = Standings(store.conversations)
        references = References(store.messages, store.conversations)
        send = SendMessage(
            store.messages,
            store.dialogues,
            standings,
            self._clock,
            hash_body,
            paces,
            references=references,
            enclosures=Enclosures(store.media, self._clock),
        )
        history = ReadHistory(store.messages, store.conversations)
        marks = SeeMarks(store.conversations, standings)
        return UseCases(
            authenticate=authenticate,
            admit=AdmitDevice(store.devices, store.people, self._clock),
            standings=standings,
            send=send,
            act=ActOnMessage(store, standings, send, self._clock, hash_body, windows),
            submit=submit,
            move=MovePositions(store.conversations, store.messages, standings, self._bus),
            tell_typing=TellTyping(standings, self._bus),
            conversations=ListConversations(store),
            own=KeepOwn(store, send, self._bus, self._clock),
            stars=ListStars(store),
            reading_on=ReadingOn(
                history, ReadMissed(store.messages, store.conversations), marks, self.fanout
            ),
        )

    def _rung(self, appended: Sequence[Event]) -> None:
        """Here at once, so that no ack waits for the bus; elsewhere by the bus."""
        with self.outlet.at_once():
            self.fanout.rung(appended)
        self._ringing = True  # what the bus tells us of it now, we have
        try:
            for event in appended:
                if moves_members(event.kind):
                    self.use.standings.moved(event)
                self._bus.publish(MessageStored(event))
        finally:
            self._ringing = False

    def _heard(self, signal: Signal) -> None:
        if type(signal) is MessageStored and self._ringing:
            return
        self.use.standings.on_signal(signal)
        self.fanout.on_signal(signal)
        if type(signal) is not MessageStored:
            self.presence.on_signal(signal)

    async def _tick(self) -> None:
        while True:
            await self._clock.sleep(self.limits.tick_s)
            self.now = self._loop.time()
            for connection in list(self.connections):
                connection.on_tick(self.now, _PING)

    async def _measure(self) -> None:
        tally = self.fanout.tally
        while True:
            done = tally.acked + tally.refused
            self.intake.measure(
                self._loop.time(),
                in_flight=self.in_flight,
                done=done,
                waited_s=tally.ack_seconds,
                refused=self.turned_down,
            )
            await self._clock.sleep(EVERY_S)

    async def _finish(self) -> None:
        self.stopping = True
        for connection in self.connections:
            connection.hush("stopping")
        with suppress(TimeoutError):
            async with asyncio.timeout(self.limits.drain_s):
                while self.in_flight:
                    await self._clock.sleep(0.01)
        for connection in list(self.connections):
            connection.close(CloseCode.RESTARTING, self.retry_reason())
        with suppress(TimeoutError):
            async with asyncio.timeout(self.limits.linger_s):
                while self.connections:
                    await self._clock.sleep(0.01)
        for connection in list(self.connections):
            connection.cut()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (exc := task.exception()) is not None:
            log.error("socket_task_failed", exc_info=exc)
