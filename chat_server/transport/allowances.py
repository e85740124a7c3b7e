"""From the limits' settings to what enforces them."""

from __future__ import annotations

from collections.abc import Collection

from chat_server.domain.pacing import LimitSettings
from chat_server.ports.clock import Clock
from chat_server.transport.addresses import Addresses, Visits
from chat_server.transport.door import Door
from chat_server.transport.hosts import Hosts
from chat_server.transport.http.reception import Reception
from chat_server.transport.limits import SocketLimits
from chat_server.usecases.messaging.pace import Pace, Paces


def paces(limits: LimitSettings) -> Paces:
    person = Pace(limits.send_burst, limits.send_rate)
    staff = _times(person, limits.staff_factor)
    share = limits.device_send_percent / 100
    return Paces(
        person=person,
        staff=staff,
        device=_times(person, share),
        staff_device=_times(staff, share),
        group=Pace(limits.group_send_burst, limits.group_send_rate),
    )


def socket_limits(limits: LimitSettings) -> SocketLimits:
    return SocketLimits(
        connections=limits.connections,
        frames_per_s=limits.frames_per_s,
        overload_s=limits.overload_s,
    )


def door(limits: LimitSettings, clock: Clock, *, origins: Collection[str], only_here: bool) -> Door:
    return Door(
        origins=origins,
        hosts=Hosts(only_here=only_here, origins=origins),
        addresses=Addresses(limits.trusted_proxies),
        visits=Visits(Pace(limits.connect_burst, limits.connect_rate), clock),
    )


def reception(
    limits: LimitSettings, clock: Clock, *, origins: Collection[str], only_here: bool
) -> Reception:
    person = Pace(limits.http_burst, limits.http_rate)
    return Reception(
        clock,
        person=person,
        staff=_times(person, limits.staff_factor),
        address=Pace(limits.address_burst, limits.address_rate),
        addresses=Addresses(limits.trusted_proxies),
        hosts=Hosts(only_here=only_here, origins=origins),
    )


def _times(pace: Pace, factor: float) -> Pace:
    return Pace(max(int(pace.burst * factor), 1), pace.per_s * factor)
