"""The bank's chores: what time brings about in the embedded bank, done while the house is open.

Several processes may do them at once; the bank does each once. A bank that does its own
chores elsewhere has none here.
"""

from __future__ import annotations

import structlog

from bank_bridge.contract import BankError
from bank_bridge.product_contract import Chores
from chat_server.ports.clock import Clock

log = structlog.get_logger()

LOOK_S = 2.0


class BankChores:
    """Looks again after a pause, whatever happened."""

    def __init__(self, bank: object, clock: Clock) -> None:
        self._bank, self._clock = bank if isinstance(bank, Chores) else None, clock

    async def run(self) -> None:
        """Until cancelled; at once over where there is nothing to do for ever."""
        while self._bank is not None:
            try:
                done = await self._bank.run_due()
            except BankError as exc:
                log.warning("bank_chores_put_off", reason=type(exc).__name__)
            else:
                if done:
                    log.info("bank_chores_done", count=done)
            await self._clock.sleep(LOOK_S)
