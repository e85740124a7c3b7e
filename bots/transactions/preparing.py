"""From an order to its confirm card, for any product; refused orders come back as a sentence."""

from __future__ import annotations

from collections.abc import Awaitable

from bank_bridge.contract import BankRefusal, Instruction, OutcomeUnknown, RefusalCode
from bots.contract import Text, Turn
from bots.phrasing.words import Words
from bots.transactions.refusals import refusal_text
from bots.transactions.script import MoneyScript
from bots.transactions.steps import Step

NO_DEVICE = "chat"  # text carries no device; the bank binds the one that confirms


class Prepared(Step, frozen=True):
    """A step that may have been refused; `refusal` says why, with its figures."""

    refusal: BankRefusal | None = None


async def prepare(
    script: MoneyScript, turn: Turn, words: Words, order: Awaitable[Instruction]
) -> Prepared:
    """Await the order and show what its state asks for. The same turn makes the same one."""
    try:
        step = await script.present(turn, words, await order)
    except BankRefusal as refusal:
        return Prepared((Text(refusal_text(words, refusal)),), refusal=refusal)
    except OutcomeUnknown:
        # It was only quoted: nothing moves before a card is confirmed.
        unavailable = BankRefusal(RefusalCode.CORE_UNAVAILABLE)
        return Prepared((Text(refusal_text(words, unavailable)),), refusal=unavailable)
    return Prepared(step.replies, step.card, step.watch)
