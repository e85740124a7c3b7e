"""The bank's business days as the house sees to them: closed at their hour, and watched.

Every process asks; a bank of our own closes each date once, however many do. One that closes
its days elsewhere is only watched. A date whose figures are not right stays open, and is
tried again after a while: a person has to look.
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from bank_bridge.contract import BankError
from bank_bridge.day_contract import BusinessDay, BusinessDays, DayEnds
from chat_server.domain.errors import NotFound, StoreUnavailable
from chat_server.ports.clock import Clock

log = structlog.get_logger()

LOOK_S = 30.0
_AGAIN_AFTER_S = 600.0
SHOWN = 30


class BankDays:
    """`failures`: how often a day-end was put off by this process; `latest`: as last seen."""

    def __init__(self, bank: object, clock: Clock) -> None:
        self._ends = bank if isinstance(bank, DayEnds) else None
        self._days = bank if isinstance(bank, BusinessDays) else None
        self._clock = clock
        self.failures = 0
        self.latest: Sequence[BusinessDay] = ()

    @property
    def closes_here(self) -> bool:
        return self._ends is not None

    async def run(self) -> None:
        """Until cancelled; at once over where there is nothing to look at for ever."""
        while self._days is not None:
            await self._clock.sleep(await self.look())

    async def look(self) -> float:
        """Close what is due, see how the days stand, and say in how many seconds to look again."""
        pause_s = LOOK_S
        try:
            if self._ends is not None:
                await self._ends.run_day_end()
        except BankError as exc:
            self.failures += 1
            pause_s = _AGAIN_AFTER_S
            log.error("bank_day_not_closed", reason=str(exc))  # noqa: TRY400 - figures, no trace
        try:
            if self._days is not None:
                self.latest = await self._days.business_days(SHOWN)
        except BankError as exc:
            log.warning("bank_days_not_read", reason=type(exc).__name__)
        return pause_s

    async def read(self) -> Sequence[BusinessDay]:
        """For the console, the newest first. NotFound where the bank does not tell."""
        if self._days is None:
            raise NotFound("this bank tells nothing of its days")
        try:
            self.latest = await self._days.business_days(SHOWN)
        except BankError as exc:
            raise StoreUnavailable from exc
        return self.latest
