"""Menus that an account sent as a message: a tap on one is the text of its item, and its id."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from chat_server.platform.drawers import Drawer
from chat_server.ports.clock import Clock
from chat_server.ports.shelf import Shelf

_LIFE_MS = 48 * 3600 * 1000


class _Sent(msgspec.Struct, frozen=True):
    at_ms: int
    items: Mapping[str, str]  # id by content


class MenuMessages:
    def __init__(self, shelf: Shelf, clock: Clock) -> None:
        self._clock = clock
        self._sent = Drawer(shelf, clock, "menu_message", _Sent)

    async def sent(self, account: str, customer: str, items: Mapping[str, str]) -> None:
        """The last one counts."""
        await self._sent.put(account, customer, _Sent(self._clock.now_ms(), items))

    async def item(self, account: str, customer: str, text: str) -> str:
        """The id of the item with that content; empty: it is no tap."""
        sent = await self._sent.get(account, customer)
        if sent is None or self._clock.now_ms() - sent.at_ms > _LIFE_MS:
            return ""
        return sent.items.get(text, "")
