"""The window of the emergency path: the port of `freeze_contract`."""

from __future__ import annotations

from collections.abc import Sequence

from bank_bridge.freeze_contract import Freeze, FreezeReason
from bank_bridge.instructions.office import Office
from bank_bridge.products.care.freezing import FreezeCounter


class FreezeWindows:
    """Implements `Freezing`."""

    def __init__(self, office: Office) -> None:
        self._freezes = FreezeCounter(office)

    async def freeze(self, customer: str, reason: FreezeReason) -> Freeze:
        return await self._freezes.freeze(customer, reason)

    async def frozen(self, customer: str) -> Freeze | None:
        return await self._freezes.of(customer)

    async def freezes(self, limit: int) -> Sequence[Freeze]:
        return await self._freezes.open_cases(limit)

    async def propose_unfreeze(self, case: str, maker: str) -> Freeze:
        return await self._freezes.propose(case, maker)

    async def approve_unfreeze(self, case: str, checker: str) -> Freeze:
        return await self._freezes.approve(case, checker)
