"""When an account may write to a customer of its own accord, and how often.

A customer's message opens a window of 48 hours, a tap, a follow or a scan one of a minute; each
has a number of messages. Source: the platform's rules for customer-service messages.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from chat_server.domain.ids import service_conversation
from chat_server.platform.drawers import Drawer
from chat_server.platform.faults import MESSAGES_USED, OUTSIDE_WINDOW, Refused
from chat_server.platform.limits import Limits
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store

_RECENT = 20  # messages of the log that are looked at


class Window(msgspec.Struct, frozen=True):
    """What is left of the customer's last message and of their last tap."""

    said_ms: int = 0
    said_left: int = 0
    tapped_ms: int = 0
    tapped_left: int = 0


class Windows:
    def __init__(self, store: Store, limits: Limits, clock: Clock) -> None:
        self._store, self._limits, self._clock = store, limits, clock
        self._kept = Drawer(store.shelf, clock, "window", Window)

    async def said(self, account: str, customer: str, at_ms: int) -> None:
        left = self._limits.replies_per_message

        def edit(window: Window | None) -> Window:
            window = window or Window()
            if at_ms <= window.said_ms:
                return window
            return replace(window, said_ms=at_ms, said_left=left)

        await self._kept.change(account, customer, edit)

    async def tapped(self, account: str, customer: str, at_ms: int) -> None:
        left = self._limits.replies_per_tap

        def edit(window: Window | None) -> Window:
            window = window or Window()
            if at_ms <= window.tapped_ms:
                return window
            return replace(window, tapped_ms=at_ms, tapped_left=left)

        await self._kept.change(account, customer, edit)

    async def last_said_ms(self, account: str, customer: str) -> int:
        window = await self._kept.get(account, customer)
        return window.said_ms if window else 0

    async def take(self, account: str, customer: str) -> None:
        """One message more. Raises Refused: outside every window, or all of them used up.

        What happened a moment ago may still be on its way through the outbox, so the log is
        asked before anybody is refused.
        """
        try:
            await self._spend(account, customer)
        except Refused:
            if not await self._catch_up(account, customer):
                raise
            await self._spend(account, customer)

    async def _catch_up(self, account: str, customer: str) -> bool:
        """Whether the customer wrote or came later than is known here."""
        window = await self._kept.get(account, customer) or Window()
        conv = service_conversation(account, customer)
        recent = await self._store.messages.events(conv, before=1 << 53, limit=_RECENT)
        said_ms = max((each.ts for each in recent if each.sender == customer), default=0)
        among = await self._store.followers.among(account, [customer])
        came_ms = among[0].followed_ms if among and among[0].following else 0
        if said_ms > window.said_ms:
            await self.said(account, customer, said_ms)
        if came_ms > window.tapped_ms:
            await self.tapped(account, customer, came_ms)
        return said_ms > window.said_ms or came_ms > window.tapped_ms

    async def _spend(self, account: str, customer: str) -> None:
        now = self._clock.now_ms()

        def edit(window: Window | None) -> Window:
            window = window or Window()
            in_tap = now - window.tapped_ms < self._limits.tap_window_s * 1000
            in_said = now - window.said_ms < self._limits.reply_window_s * 1000
            if in_tap and window.tapped_left:
                return replace(window, tapped_left=window.tapped_left - 1)
            if in_said and window.said_left:
                return replace(window, said_left=window.said_left - 1)
            if in_tap or in_said:
                raise Refused(MESSAGES_USED, "out of response count limit")
            raise Refused(OUTSIDE_WINDOW, "response out of time limit or subscription is canceled")

        await self._kept.change(account, customer, edit)
