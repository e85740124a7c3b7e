"""Fixed deposits, declared: for how long, how much, from which account; and breaking one."""

# ruff: noqa: ARG002 - a slot takes what all slots are given
from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bank_bridge.contract import Instruction, RefusalCode
from bank_bridge.saving_contract import Deposit, DepositOrder, Savings, WithdrawalOrder
from bots.contract import Understood
from bots.dialogue.skills import MoneySkill, Question, Slot
from bots.dialogue.slots import AmountSlot, ChoiceSlot, Option, PayerSlot
from bots.dialogue.state import Draft
from bots.dialogue.talk import Answer, Talk, say
from bots.phrasing.choice_cards import CHOICE, choice_card
from bots.phrasing.figures import yuan
from bots.transactions.preparing import NO_DEVICE
from bots.transactions.steps import Bank
from bots.transactions.transfer import money_from
from bots.understanding.savings import SavingWish, read_months, read_saving, read_sum

DEPOSIT, WITHDRAW = SavingWish.DEPOSIT.value, SavingWish.WITHDRAW.value
DEPOSIT_LOOK = SavingWish.LOOK.value
_HELPED = {"amount": frozenset({RefusalCode.INSUFFICIENT_FUNDS, RefusalCode.INVALID_AMOUNT})}
_PER_CENT = 10_000  # millionths
_replace = msgspec.structs.replace


class SavingTalk:
    """Which words mean a deposit, and what is told of those there are."""

    def __init__(self, bank: Bank, savings: Savings) -> None:
        self._bank, self._savings = bank, savings

    def skills(self) -> Sequence[MoneySkill]:
        payer = PayerSlot(self._bank)
        which = ChoiceSlot("deposit", "deposit.which", self._options)
        return (
            MoneySkill(
                name=DEPOSIT,
                intents=(DEPOSIT,),
                slots=(TermSlot(self._savings), AmountSlot("deposit.how_much"), payer),
                order=self._open,
                is_same=lambda *_: False,
                help_after=_HELPED,
                helped_by="transfer.other_amount",
            ),
            MoneySkill(
                name=WITHDRAW,
                intents=(WITHDRAW,),
                slots=(which, _Part("deposit.how_much")),
                order=self._break,
                is_same=lambda *_: False,
            ),
        )

    def refine(self, talk: Talk) -> Talk:
        """The turn with what was understood replaced where the words are surely of deposits."""
        text, draft = talk.turn.text, talk.state.draft
        reading = read_saving(text)
        if reading is not None:
            return _replace(talk, heard=_heard(reading.wish, reading.amount))
        if draft is not None and draft.skill == DEPOSIT and read_months(text):
            return _replace(talk, heard=_heard("unknown", read_sum(text)))
        return talk

    async def look(self, talk: Talk) -> Answer:
        active = [one for one in await self._savings.deposits(talk.turn.customer) if one.active]
        if not active:
            return say(talk, "deposit.none")
        lines = "\n".join(talk.words.say("deposit.line", **_told(one)) for one in active)
        return say(talk, "deposit.list", lines=lines)

    async def _options(self, talk: Talk) -> Sequence[Option]:
        return [
            Option(one.deposit, talk.words.say("deposit.option", **_told(one)))
            for one in await self._savings.deposits(talk.turn.customer)
            if one.active
        ]

    async def _open(self, talk: Talk, draft: Draft) -> Instruction:
        order = DepositOrder(
            talk.turn.customer,
            talk.turn.device or NO_DEVICE,
            money_from(draft.get("amount")),
            int(draft.get("months")),
            await PayerSlot(self._bank).number(talk, draft),
        )
        return await self._savings.create_deposit(order, f"{talk.turn.key}:deposit")

    async def _break(self, talk: Talk, draft: Draft) -> Instruction:
        amount = draft.get("amount")
        order = WithdrawalOrder(
            talk.turn.customer,
            talk.turn.device or NO_DEVICE,
            draft.get("deposit"),
            money_from(amount) if amount else None,
        )
        return await self._savings.create_withdrawal(order, f"{talk.turn.key}:withdraw")


class TermSlot(Slot):
    """For how long: `months`, one of those on offer."""

    name = "months"

    def __init__(self, savings: Savings) -> None:
        self._savings = savings

    def hear(self, talk: Talk, draft: Draft) -> Draft:
        months = read_months(talk.turn.text)
        return draft.having(months=str(months)) if months else draft

    def heard(self, talk: Talk) -> bool:
        return read_months(talk.turn.text) > 0

    async def choose(self, talk: Talk, draft: Draft, action: str) -> Draft | None:
        months = action.removeprefix(CHOICE)
        known = any(str(term.months) == months for term in await self._savings.deposit_terms())
        return draft.having(months=months) if known else None

    async def settle(self, talk: Talk, draft: Draft) -> Draft | Question:
        if draft.get("months"):
            return draft
        title = talk.words.say("deposit.how_long")
        options = [
            (
                str(term.months),
                talk.words.say("deposit.term", months=term.months, rate=_percent(term.rate)),
            )
            for term in await self._savings.deposit_terms()
        ]
        return Question(
            title,
            draft,
            lambda card_id, until: choice_card(talk.words, card_id, title, options, until),
        )


class _Part(AmountSlot):
    """How much of it; all when nothing is said."""

    required = False

    async def settle(self, talk: Talk, draft: Draft) -> Draft | Question:
        return draft


def _heard(intent: str, amount: str) -> Understood:
    return Understood(intent, 1.0, {"amount": amount, "currency": "CNY"} if amount else {})


def _told(deposit: Deposit) -> dict[str, object]:
    return {
        "amount": yuan(deposit.principal),
        "months": deposit.months,
        "rate": _percent(deposit.rate),
        "matures": deposit.matures.isoformat(),
        "interest": yuan(deposit.interest),
    }


def _percent(rate: int) -> str:
    return f"{rate // _PER_CENT}.{rate % _PER_CENT // 100:02d}%"
