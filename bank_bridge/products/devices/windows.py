"""The window of device keys: the port of `device_contract`, each method handed to its desk."""

from __future__ import annotations

from collections.abc import Sequence

from bank_bridge.contract import Instruction
from bank_bridge.device_contract import DeviceKey, KeyOrder, Signing
from bank_bridge.instructions.authorising import CodeDesk
from bank_bridge.instructions.clearing import ClearingDesk
from bank_bridge.instructions.office import Office
from bank_bridge.instructions.signing import SigningDesk
from bank_bridge.products.devices.keys import KeyCounter


class DeviceWindows:
    """Implements `DeviceKeys`."""

    def __init__(self, office: Office, codes: CodeDesk, clearing: ClearingDesk) -> None:
        self._signing, self._keys = SigningDesk(office, codes, clearing), KeyCounter(office)

    async def device_keys(self, customer: str) -> Sequence[DeviceKey]:
        return await self._signing.keys(customer)

    async def grant_device_key(self, customer: str) -> None:
        await self._keys.grant(customer)

    async def create_device_key(self, order: KeyOrder, idempotency_key: str) -> Instruction:
        return await self._keys.create(order, idempotency_key)

    async def create_key_approval(
        self, customer: str, device: str, idempotency_key: str
    ) -> Instruction:
        return await self._keys.create_approval(customer, device, idempotency_key)

    async def signing(self, instruction_id: str, customer: str) -> Signing:
        return await self._signing.signing(instruction_id, customer)

    async def authorise_signed(
        self, instruction_id: str, customer: str, device: str, signature: str
    ) -> Instruction:
        return await self._signing.authorise(instruction_id, customer, device, signature)

    async def make_device_key(
        self, instruction_id: str, customer: str, device: str, code: str, attested: str
    ) -> Instruction:
        return await self._signing.make(instruction_id, customer, device, code, attested)

    async def revoke_device_key(self, customer: str, key: str) -> None:
        await self._signing.revoke(customer, key=key)

    async def revoke_device(self, customer: str, device: str) -> None:
        await self._signing.revoke(customer, device=device)
