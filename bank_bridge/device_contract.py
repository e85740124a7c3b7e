"""The front door of device keys, beside `contract.py`: proof by a signature (A3 of §1.7).

A device makes a key pair and keeps the private half; the bank keeps the public half. What the
device signs (WebAuthn) is a challenge made of everything that an instruction is, so that the
signature is good for that instruction from that device, and for nothing else. A core that
takes such proof implements `DeviceKeys`; callers ask with `isinstance`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

import msgspec

from bank_bridge.contract import Instruction


class KeyState(StrEnum):
    PENDING = "PENDING"  # its maker typed the code; another device has to approve it
    ACTIVE = "ACTIVE"
    REVOKED = "REVOKED"  # for ever


class DeviceKey(msgspec.Struct, frozen=True):
    """A key as its owner may see it; `key` names it, `uses` is how often it has signed."""

    key: str
    device: str
    name: str
    state: KeyState
    made_at: datetime
    uses: int
    last_used_at: datetime | None = None


class KeyOrder(msgspec.Struct, frozen=True):
    """A customer wants the device in their hand to sign; `name` is what they call it."""

    customer: str
    device: str
    name: str


class Signing(msgspec.Struct, frozen=True):
    """What a device is asked to sign, or to make a key for; all of it is public.

    `challenge`, `keys` and `user` are base64url without padding. `makes_key`: a new key pair
    is wanted and `keys` are those that must not be made again; else `keys` are those that may
    sign. `site` is the host that they are bound to.
    """

    instruction_id: str
    challenge: str
    site: str
    user: str
    user_name: str
    keys: Sequence[str]
    makes_key: bool = False


@runtime_checkable
class DeviceKeys(Protocol):
    """Making, using and ending keys."""

    async def device_keys(self, customer: str) -> Sequence[DeviceKey]:
        """Those that are not revoked, the newest first."""

    async def grant_device_key(self, customer: str) -> None:
        """What a branch does, face to face: the next key needs no other device's approval."""

    async def create_device_key(self, order: KeyOrder, idempotency_key: str) -> Instruction:
        """A `device_key_agreement` whose amount is a day's most for signed transfers.

        It moves nothing and needs an SMS code and the key itself (`make_device_key`). Without
        the branch's grant or another active key: STRONGER_PROOF_NEEDED.
        """

    async def create_key_approval(
        self, customer: str, device: str, idempotency_key: str
    ) -> Instruction:
        """A `key_approval_agreement` for the newest pending key; A3, moves nothing.

        Raises NOT_FOUND when none is pending.
        """

    async def signing(self, instruction_id: str, customer: str) -> Signing:
        """What the confirmed instruction's device is to sign; asked again, the same.

        Raises ILLEGAL_TRANSITION before it is confirmed, STRONGER_PROOF_NEEDED if that device
        has no active key, AUTH_LOCKED, EXPIRED, NOT_FOUND.
        """

    async def authorise_signed(
        self, instruction_id: str, customer: str, device: str, signature: str
    ) -> Instruction:
        """Check the signature (WebAuthn's assertion as JSON) and carry the instruction out.

        One that is not right: AUTH_FAILED; a counter that did not grow also revokes the key,
        which may have been copied. After five failures in a row, AUTH_LOCKED.
        """

    async def make_device_key(
        self, instruction_id: str, customer: str, device: str, code: str, attested: str
    ) -> Instruction:
        """Take the new key (WebAuthn's registration as JSON) and the code: SUCCEEDED or FAILED.

        The key is ACTIVE by the branch's grant, else PENDING. An older one of the same device
        is revoked. Raises AUTH_FAILED, AUTH_LOCKED.
        """

    async def revoke_device_key(self, customer: str, key: str) -> None:
        """For ever, with no proof asked. Again: nothing. Raises NOT_FOUND."""

    async def revoke_device(self, customer: str, device: str) -> None:
        """Every key of that device, as when it is logged out; none: nothing."""
