"""The bus over Redis pub/sub: one channel, which every process of the house listens to.

A process hears its own signals at once and without Redis, and ignores their echo, so that
a lost Redis only parts the processes from each other and never silences one of them.
Nothing here waits for Redis but the two tasks of this module.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import msgspec
import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from chat_server.adapters.memory.bus import MemoryBus
from chat_server.adapters.redis.outgoing import MAX_BYTES, Outgoing
from chat_server.domain.errors import ConfigError, StoreUnavailable
from chat_server.ports.bus import Bus, Signal
from chat_server.ports.clock import Clock

HEARTBEAT_S = 5.0  # an empty envelope, when there was nothing else to send
SILENCE_S = 3 * HEARTBEAT_S  # not even an own heartbeat came back: the connection is dead
CONNECT_S = 5.0
LONGEST_BACKOFF_S = 5.0

log = structlog.get_logger()


class Envelope(msgspec.Struct, frozen=True, array_like=True):
    """Several signals of one process. Each is decoded alone: a newer process may send
    kinds that this one does not know.
    """

    origin: str
    signals: list[msgspec.Raw]


_encode = msgspec.msgpack.Encoder().encode
_decode_envelope = msgspec.msgpack.Decoder(Envelope).decode
_decode_signal = msgspec.msgpack.Decoder(Signal).decode


class RedisBus:
    """`dropped` counts the signals that could not be sent to the other processes."""

    def __init__(
        self, redis: Redis, channel: str, clock: Clock, max_bytes: int = MAX_BYTES
    ) -> None:
        self.dropped = 0
        self._redis, self._channel, self._clock = redis, channel, clock
        self._origin = secrets.token_hex(8)
        self._local = MemoryBus()
        self._outgoing = Outgoing(max_bytes)
        self._reconnect_handlers: list[Callable[[], None]] = []
        self._connected = asyncio.Event()
        self._was_connected = False
        self._closing = False

    def publish(self, signal: Signal) -> None:
        # First out, then local: a handler may publish in turn, and that must come after.
        if not (self._connected.is_set() and self._outgoing.offer(_encode(signal))):
            self._drop(1)
        self._local.publish(signal)

    def subscribe(self, handler: Callable[[Signal], None]) -> None:
        self._local.subscribe(handler)

    def on_reconnect(self, handler: Callable[[], None]) -> None:
        self._reconnect_handlers.append(handler)

    async def ping(self) -> None:
        if not self._connected.is_set():
            raise StoreUnavailable("the bus is not connected")
        try:
            await self._redis.ping()
        except (RedisError, OSError) as exc:
            raise StoreUnavailable("the bus does not answer") from exc

    async def connected(self) -> None:
        """Wait until other processes' signals arrive here."""
        await self._connected.wait()

    async def close(self, tasks: Sequence[asyncio.Task[None]]) -> None:
        """End `send` and `listen`. Saying so twice: the driver can swallow a cancellation."""
        self._closing = True
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def send(self) -> None:
        """Hand waiting signals to Redis, for as long as the bus is open."""
        while not self._closing:
            signals = await self._outgoing.batch(HEARTBEAT_S)
            envelope = Envelope(self._origin, [msgspec.Raw(signal) for signal in signals])
            try:
                await self._redis.publish(self._channel, _encode(envelope))
            except (RedisError, OSError):  # not sent again: it may have arrived
                self._drop(len(signals))

    async def listen(self) -> None:
        """Hear the other processes, for as long as the bus is open."""
        backoff_s = 0.0
        while not self._closing:
            try:
                async with self._redis.pubsub() as subscription:
                    await subscription.subscribe(self._channel)
                    while message := await subscription.get_message(timeout=SILENCE_S):
                        backoff_s = 0.0
                        self._hear(message)
                    raise TimeoutError  # not even our own heartbeat came back
            except (RedisError, OSError) as exc:
                log.warning("bus_disconnected", error=type(exc).__name__)
            self._connected.clear()
            self._drop(self._outgoing.clear())
            # An idle connection to the lost Redis would swallow the first envelope afterwards.
            await self._redis.connection_pool.disconnect(inuse_connections=False)
            backoff_s = min(LONGEST_BACKOFF_S, 2 * backoff_s + 0.05)
            await self._clock.sleep(backoff_s)

    def _hear(self, message: dict[str, Any]) -> None:
        if message["type"] == "subscribe":
            self._arrived()
        elif message["type"] == "message":
            self._deliver(message["data"])

    def _arrived(self) -> None:
        self._connected.set()
        if self._was_connected:
            log.info("bus_reconnected", dropped=self.dropped)
            for handler in tuple(self._reconnect_handlers):
                try:
                    handler()
                except Exception:  # one handler's bug must not end the listening
                    log.exception("bus_handler_failed", signal="reconnect")
        self._was_connected = True

    def _deliver(self, data: bytes) -> None:
        try:
            envelope = _decode_envelope(data)
        except msgspec.MsgspecError:
            log.warning("bus_envelope_unreadable", size=len(data))
            return
        if envelope.origin == self._origin:
            return
        for raw in envelope.signals:
            try:
                signal = _decode_signal(raw)
            except msgspec.MsgspecError:
                log.warning("bus_signal_unreadable", size=len(bytes(raw)))
            else:
                self._local.publish(signal)

    def _drop(self, count: int) -> None:
        if count and self.dropped == 0:
            log.warning("bus_dropping")
        self.dropped += count


@asynccontextmanager
async def open_bus(url: str, *, clock: Clock, max_bytes: int = MAX_BYTES) -> AsyncIterator[Bus]:
    """Join the bus at `redis://host:port/number`; only processes with one number share it."""
    async with _connect(url) as redis:
        # Redis numbers its databases, but not its channels.
        number = redis.connection_pool.connection_kwargs.get("db", 0)
        bus = RedisBus(redis, f"elian:{number}:signals", clock, max_bytes)
        tasks = [asyncio.create_task(bus.listen()), asyncio.create_task(bus.send())]
        try:
            await _first_connection(bus, redis, url)
            yield bus
        finally:
            await bus.close(tasks)


def _connect(url: str) -> Redis:
    try:
        # Retrying is ours: the driver's own would hide the gaps that `on_reconnect` tells of.
        return Redis.from_url(
            url,
            retry=Retry(NoBackoff(), 0),
            socket_connect_timeout=CONNECT_S,
            socket_timeout=CONNECT_S,
        )
    except ValueError as exc:
        raise ConfigError(f"BUS_URL: {exc}") from exc


async def _first_connection(bus: RedisBus, redis: Redis, url: str) -> None:
    place = urlsplit(url).netloc.rpartition("@")[2] or "the socket"  # never the password
    try:
        async with asyncio.timeout(2 * CONNECT_S):
            await redis.ping()
            await bus.connected()
    except (RedisError, OSError) as exc:
        raise StoreUnavailable(f"no Redis answers at {place}: {exc}") from exc
