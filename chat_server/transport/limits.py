"""How much of everything one connection gets."""

from __future__ import annotations

import msgspec


class SocketLimits(msgspec.Struct, frozen=True, kw_only=True):
    connections: int = 20_000  # on this process; more are told to come back
    sockets_per_session: int = 16
    hello_s: float = 10.0
    ping_s: float = 25.0  # without a byte from the device
    silent_s: float = 60.0  # then it is closed
    linger_s: float = 2.0  # for the device's own close frame
    tick_s: float = 1.0
    outbox_bytes: int = 128 * 1024
    in_flight: int = 1024  # appends of one connection that are not durable yet
    waiting: int = 64  # requests of one connection that wait for the store
    frames_per_s: int = 1000  # more is flooding
    overload_s: float = 2.0  # longest that a send should wait for the store
    typing_per_s: int = 5
    presses: int = 8  # buttons pressed at once
    reading: int = 64  # requests of all connections that read the store at once
    drain_s: float = 5.0  # for appends in flight when the server stops
