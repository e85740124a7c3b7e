"""The in-bank transfer: from what the customer wants to an instruction with a confirm card."""

from __future__ import annotations

from decimal import Decimal

from bank_bridge.contract import BankRefusal, Money, OutcomeUnknown, RefusalCode, TransferOrder
from bots.contract import BotError, Text, Turn
from bots.phrasing.words import Words
from bots.transactions.refusals import refusal_text
from bots.transactions.script import MoneyScript
from bots.transactions.steps import Bank, Step

OTHER_AMOUNT_HELPS = frozenset(
    {
        RefusalCode.INSUFFICIENT_FUNDS,
        RefusalCode.LIMIT_SINGLE,
        RefusalCode.LIMIT_DAY,
        RefusalCode.INVALID_AMOUNT,
        RefusalCode.STRONGER_PROOF_NEEDED,
    }
)
_NO_DEVICE = "chat"  # text carries no device; the bank binds the one that confirms


class Prepared(Step, frozen=True):
    """A step that may have been refused; `refused` says why."""

    refused: RefusalCode | None = None


class TransferScript:
    """Prepares transfers; the rest of the road is the money script's."""

    def __init__(self, bank: Bank, script: MoneyScript) -> None:
        self._bank, self._script = bank, script

    async def prepare(
        self, turn: Turn, words: Words, payee_id: str, amount: Money, payer: str | None
    ) -> Prepared:
        """Quote it at the bank and show the confirm card. The same turn makes the same one."""
        order = TransferOrder(
            customer=turn.customer,
            device=turn.device or _NO_DEVICE,
            payee_id=payee_id,
            amount=amount,
            payer_number=payer,
        )
        try:
            instruction = await self._bank.create_transfer(order, f"{turn.key}:transfer")
            step = await self._script.present(turn, words, instruction)
        except BankRefusal as refusal:
            return Prepared((Text(refusal_text(words, refusal)),), refused=refusal.code)
        except OutcomeUnknown:
            # It was only quoted: nothing moves before a card is confirmed.
            unavailable = BankRefusal(RefusalCode.CORE_UNAVAILABLE)
            text = Text(refusal_text(words, unavailable))
            return Prepared((text,), refused=unavailable.code)
        return Prepared(step.replies, step.card, step.watch)


def money_from(amount: str) -> Money:
    """The `amount` slot in fen; exact, or a BotError if it never came from the slots."""
    fen = Decimal(amount) * 100
    if fen != fen.to_integral_value() or fen <= 0:
        raise BotError("an amount is not a whole number of fen")
    return Money(int(fen))
