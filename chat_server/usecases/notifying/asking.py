"""What somebody says about being told: whether this device, what it may show, and when not."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from chat_server.domain.devices import PushAddress, PushKind
from chat_server.domain.errors import SessionRevoked
from chat_server.domain.facts import Fact
from chat_server.domain.notifying import Wishes
from chat_server.ports.clock import Clock
from chat_server.ports.notify import Notifier
from chat_server.ports.push import PushStore
from chat_server.ports.store import DeviceStore


class Notifications(msgspec.Struct, frozen=True):
    """`subscribed`: this device is told. Without a `public_key` browsers cannot be."""

    wishes: Wishes
    subscribed: bool
    public_key: str


class AskForPushes:
    def __init__(
        self,
        devices: DeviceStore,
        pushes: PushStore,
        carriers: Mapping[PushKind, Notifier],
        clock: Clock,
    ) -> None:
        self._devices, self._pushes = devices, pushes
        self._carriers, self._clock = carriers, clock

    async def look(self, user: str, session_id: str) -> Notifications:
        session = await self._devices.session(session_id)
        wishes = (await self._pushes.wishes([user])).get(user) or Wishes(user)
        reached = session is not None and session.push is not None
        return Notifications(wishes, reached, self._carriers[PushKind.WEB].public_key)

    async def wish(self, wishes: Wishes) -> None:
        """Raises InvalidValue for hours or a zone that do not exist."""
        wishes.check()
        detail = {"hide_content": wishes.hide_content, "quiet": bool(wishes.quiet_from)}
        fact = Fact("notifications_changed", wishes.user, wishes.user, self._clock.now_ms(), detail)
        await self._pushes.put_wishes(wishes, fact)

    async def subscribe(self, session_id: str, address: PushAddress) -> None:
        """Raises InvalidValue for an address that nothing would ever be sent to."""
        self._carriers[address.kind].check(address)
        if not await self._devices.subscribe(session_id, address):
            raise SessionRevoked("this device was logged out")

    async def unsubscribe(self, session_id: str) -> None:
        await self._devices.unsubscribe(session_id)
