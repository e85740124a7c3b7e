"""Everything about being told, put together over one store."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from chat_server.domain.devices import PushKind
from chat_server.domain.reaching import ReachSettings
from chat_server.ports.clock import Clock
from chat_server.ports.notify import Notifier
from chat_server.ports.store import Store
from chat_server.usecases.notifying.asking import AskForPushes
from chat_server.usecases.notifying.telling import TellDevices
from chat_server.usecases.notifying.watching import WatchForAbsent
from chat_server.usecases.notifying.words import Wording


class Notifying(msgspec.Struct, frozen=True):
    """`watch` and `tell` run behind the outbox."""

    ask: AskForPushes
    watch: WatchForAbsent
    tell: TellDevices


def open_notifying(
    store: Store,
    carriers: Mapping[PushKind, Notifier],
    clock: Clock,
    settings: ReachSettings,
) -> Notifying:
    after_s, life_s = settings.push_after_s, settings.push_life_s
    return Notifying(
        ask=AskForPushes(store.devices, store.pushes, carriers, clock),
        watch=WatchForAbsent(store, clock, after_s=after_s, life_s=life_s),
        tell=TellDevices(
            store,
            carriers,
            Wording(store),
            clock,
            after_s=after_s,
            life_s=life_s,
            rate=settings.push_rate,
        ),
    )
