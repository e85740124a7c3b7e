"""What a customer proves without moving money: an agreement to payments to come, a device's key."""

from __future__ import annotations

from typing import ClassVar

from bank_bridge.instructions.office import Carrying


class Proof:
    """A kind of instruction that is signed in the chat and moves nothing by itself."""

    moves_money = False
    name: ClassVar[str]

    def product(self, _: Carrying) -> str:
        return self.name

    def channel(self, _: Carrying) -> str:
        return "chat"

    def known(self, _: Carrying) -> bool:
        return False
