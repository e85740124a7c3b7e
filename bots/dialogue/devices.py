"""Devices that sign (A3): a key for the one in hand, another device's approval, and the end.

Ending asks for no proof and ends them all: whoever lost a phone has no time to choose.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bank_bridge.contract import Instruction
from bank_bridge.device_contract import DeviceKeys, KeyOrder, KeyState
from bots.contract import Understood
from bots.dialogue.skills import MoneySkill
from bots.dialogue.state import Draft
from bots.dialogue.talk import Answer, Talk, say
from bots.transactions.preparing import NO_DEVICE
from bots.understanding.devices import KeyWish, read_key_wish
from bots.understanding.periods import in_beijing

KEY_LOOK, KEY_END = KeyWish.LOOK.value, KeyWish.END.value


class DeviceTalk:
    """Which words mean a device's key, and what is told of those there are."""

    def __init__(self, bank: DeviceKeys) -> None:
        self._bank = bank

    def skills(self) -> Sequence[MoneySkill]:
        orders = ((KeyWish.MAKE.value, self._make), (KeyWish.APPROVE.value, self._approve))
        return [
            MoneySkill(name=name, intents=(name,), slots=(), order=order, is_same=lambda *_: False)
            for name, order in orders
        ]

    def refine(self, talk: Talk) -> Talk:
        """The turn with what was understood replaced where the words are surely of these."""
        wish = read_key_wish(talk.turn.text)
        if wish is None:
            return talk
        return msgspec.structs.replace(talk, heard=Understood(wish.value, 1.0, {}))

    async def look(self, talk: Talk) -> Answer:
        keys = await self._bank.device_keys(talk.turn.customer)
        if not keys:
            return say(talk, "device.none")
        lines = "\n".join(
            talk.words.say(
                "device.line" if key.state is KeyState.ACTIVE else "device.line_pending",
                name=key.name,
                uses=key.uses,
            )
            for key in keys
        )
        return say(talk, "device.list", lines=lines)

    async def end(self, talk: Talk) -> Answer:
        customer = talk.turn.customer
        keys = await self._bank.device_keys(customer)
        for key in keys:
            await self._bank.revoke_device_key(customer, key.key)
        return say(talk, "device.ended" if keys else "device.none", count=len(keys))

    async def _make(self, talk: Talk, _: Draft) -> Instruction:
        turn, day = talk.turn, in_beijing(talk.turn.at).date().isoformat()
        name = talk.words.say("device.name", day=day)
        order = KeyOrder(turn.customer, turn.device or NO_DEVICE, name)
        return await self._bank.create_device_key(order, f"{turn.key}:device")

    async def _approve(self, talk: Talk, _: Draft) -> Instruction:
        turn = talk.turn
        return await self._bank.create_key_approval(
            turn.customer, turn.device or NO_DEVICE, f"{turn.key}:approve"
        )
