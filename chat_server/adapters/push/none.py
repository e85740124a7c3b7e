"""Nobody carries pushes of this kind: devices are told so when they ask to be reached."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chat_server.adapters.push.options import PushOptions
from chat_server.domain.devices import PushAddress
from chat_server.domain.errors import InvalidValue
from chat_server.ports.clock import Clock
from chat_server.ports.notify import Carriage, Notifier, PushNote, PushOutcome


class NoNotifier:
    public_key = ""

    def check(self, address: PushAddress) -> None:
        raise InvalidValue(f"this server sends no pushes of kind {address.kind.value}")

    async def push(self, address: PushAddress, note: PushNote) -> PushOutcome:
        del address, note
        return PushOutcome(Carriage.REFUSED)


@asynccontextmanager
async def open_notifier(url: str, *, clock: Clock, options: PushOptions) -> AsyncIterator[Notifier]:
    del url, clock, options
    yield NoNotifier()
