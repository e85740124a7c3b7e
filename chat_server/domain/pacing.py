"""How much of everything the house lets through: a room of the settings, read with them.

Each is one line of `docs/limits.md`. A burst is what passes at once, a rate what goes on
passing for ever.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class LimitSettings(msgspec.Struct, frozen=True, kw_only=True):
    send_burst: Annotated[int, Meta(description="sends that one person may do at once", ge=1)] = 300
    send_rate: Annotated[
        int, Meta(description="sends a second that one person may keep up", ge=1)
    ] = 20
    staff_factor: Annotated[
        int, Meta(description="how many times a customer's pace staff have", ge=1)
    ] = 2
    device_send_percent: Annotated[
        int, Meta(description="how much of a person's pace one device may take", ge=1, le=100)
    ] = 80
    group_send_burst: Annotated[
        int, Meta(description="messages that one group takes at once", ge=1)
    ] = 1_000
    group_send_rate: Annotated[
        int, Meta(description="messages a second that one group takes for long", ge=1)
    ] = 100
    http_burst: Annotated[
        int, Meta(description="HTTP requests that one person may do at once", ge=1)
    ] = 300
    http_rate: Annotated[
        int, Meta(description="HTTP requests a second that one person may keep up", ge=1)
    ] = 30
    address_burst: Annotated[
        int, Meta(description="HTTP requests that one address may do at once", ge=1)
    ] = 2_000
    address_rate: Annotated[
        int, Meta(description="HTTP requests a second that one address may keep up", ge=1)
    ] = 200
    connect_burst: Annotated[
        int, Meta(description="chat sockets that one address may open at once", ge=1)
    ] = 500
    connect_rate: Annotated[
        int, Meta(description="chat sockets a second that one address may go on opening", ge=1)
    ] = 50
    trusted_proxies: Annotated[
        tuple[str, ...],
        Meta(description="addresses or networks whose X-Forwarded-For is believed"),
    ] = ()
    connections: Annotated[
        int, Meta(description="chat sockets of one process; more are told to come back", ge=1)
    ] = 20_000
    frames_per_s: Annotated[
        int, Meta(description="frames a second of one socket; more is flooding", ge=1)
    ] = 1_000
    overload_s: Annotated[
        float, Meta(description="longest that a send should wait for the store", gt=0, le=60)
    ] = 2.0
