"""How often each path was called today, and asking for a clean sheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

import msgspec

from chat_server.domain.accounts.developing import QuotaUse
from chat_server.platform.apps import App
from chat_server.platform.faults import QUOTA_USED, RESETS_USED, Refused
from chat_server.platform.limits import Limits, calls_of, own_paths
from chat_server.ports.clock import Clock
from chat_server.ports.shelf import Shelf

SHANGHAI = timezone(timedelta(hours=8))
_COUNT = "calls"
_SHEETS = "sheets"  # how often the sheet of a day was wiped
_RESETS = "quota_resets"
_PATHS = 500


class Used(msgspec.Struct, frozen=True):
    daily_limit: int
    used: int
    remain: int


class Quotas:
    def __init__(self, shelf: Shelf, limits: Limits, clock: Clock) -> None:
        self._shelf, self.limits, self._clock = shelf, limits, clock

    async def take(self, app: App, path: str) -> None:
        """One call more. Raises Refused when the day's are used up."""
        most = calls_of(self.limits, path)
        name = await self._name(app, path)
        used = await self._shelf.bump(app.account, _COUNT, name, 1, self._clock.now_ms())
        if most and used > most:
            raise Refused(QUOTA_USED, f"reach max api daily quota limit: {path}")

    async def used(self, app: App, path: str) -> Used:
        found = await self._shelf.get(app.account, _COUNT, await self._name(app, path))
        most = calls_of(self.limits, path)
        used = min(found.version if found else 0, most)
        return Used(daily_limit=most, used=used, remain=most - used)

    async def today(self, app: App) -> Sequence[QuotaUse]:
        """What was called today, and what has a limit of its own, by path."""
        sheet = await self._name(app, "/")
        page = await self._shelf.page(app.account, _COUNT, after=sheet, limit=_PATHS)
        start = sheet.removesuffix("/")
        used = {
            item.name.removeprefix(start): item.version
            for item in page
            if item.name.startswith(f"{start}/")
        }
        return [
            QuotaUse(path, calls_of(self.limits, path), used.get(path, 0))
            for path in sorted({*used, *own_paths(self.limits)})
        ]

    async def clear(self, app: App) -> None:
        """A new sheet for today. Raises Refused when the month's resets are used up."""
        now = self._clock.now_ms()
        month = self.day()[:7]
        if await self._shelf.bump(app.account, _RESETS, month, 1, now) > (
            self.limits.quota_resets_month
        ):
            raise Refused(RESETS_USED, "forbid to clear quota because of reaching the limit")
        await self._shelf.bump(app.account, _SHEETS, self.day(), 1, now)

    def day(self) -> str:
        """Today in Shanghai, where the platform's days begin."""
        return day_of(self._clock.now_ms())

    async def _name(self, app: App, path: str) -> str:
        sheet = await self._shelf.get(app.account, _SHEETS, self.day())
        return f"{self.day()}.{sheet.version if sheet else 0}{path}"


def day_of(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, SHANGHAI).strftime("%Y-%m-%d")
