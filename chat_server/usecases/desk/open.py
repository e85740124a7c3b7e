"""The desk's use cases, put together; `bootstrap` hands them out."""

from __future__ import annotations

from dataclasses import dataclass

from chat_server.domain.desk.hours import Calendars
from chat_server.ports.bus import Bus
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.desk.assign import AssignCases
from chat_server.usecases.desk.attend import Attend
from chat_server.usecases.desk.attention import DeskAttention
from chat_server.usecases.desk.change import ChangeCase, HashBody
from chat_server.usecases.desk.clockwork import DeskClockwork
from chat_server.usecases.desk.configure import ConfigureDesk
from chat_server.usecases.desk.floor import Floors
from chat_server.usecases.desk.intake import HearService
from chat_server.usecases.desk.look import Look
from chat_server.usecases.desk.managers import StandIn
from chat_server.usecases.desk.opening import NewId, OpenCase
from chat_server.usecases.desk.rating import RateCase


@dataclass(frozen=True, kw_only=True)
class AssistDesk:
    """`hear`, `stand_in` and `clockwork` work behind the outbox; the rest is asked for.
    `calendar_until` is the last day whose holidays are known.
    """

    look: Look
    attend: Attend
    configure: ConfigureDesk
    open: OpenCase
    rate: RateCase
    attention: DeskAttention
    hear: HearService
    stand_in: StandIn
    clockwork: DeskClockwork
    calendar_until: str


def open_desk(
    store: Store,
    bus: Bus,
    clock: Clock,
    new_id: NewId,
    hash_body: HashBody,
    calendars: Calendars,
) -> AssistDesk:
    floors = Floors(store, calendars.kinds, clock)
    change = ChangeCase(store, floors, bus, clock, hash_body)
    assign = AssignCases(store, floors, change, clock)
    open_ = OpenCase(store, floors, change, assign, bus, clock, new_id)
    return AssistDesk(
        look=Look(store, floors, clock),
        attend=Attend(store, floors, change, assign, clock),
        configure=ConfigureDesk(store, floors, change, clock),
        open=open_,
        rate=RateCase(store, floors, change, bus, clock),
        attention=DeskAttention(store, floors, open_),
        hear=HearService(store, floors, change, open_),
        stand_in=StandIn(store, floors, change, open_, clock, hash_body),
        clockwork=DeskClockwork(store, floors, change, assign, clock),
        calendar_until=calendars.known_until,
    )
