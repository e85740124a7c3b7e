"""A device that is logged out from elsewhere also loses its key to sign with at the bank."""

from __future__ import annotations

import structlog

from bank_bridge.contract import BankError
from bank_bridge.device_contract import DeviceKeys

log = structlog.get_logger()


class LostDevices:
    """Logged out it is, also when the bank cannot be told: a key without its log-in is idle."""

    def __init__(self, bank: object) -> None:
        """`bank`: any core; one that takes no signatures is told nothing."""
        self._keys = bank if isinstance(bank, DeviceKeys) else None

    async def __call__(self, user: str, device: str) -> None:
        if self._keys is None:
            return
        try:
            await self._keys.revoke_device(user, device)
        except BankError as exc:
            log.warning("device_key_not_revoked", device=device, reason=type(exc).__name__)
