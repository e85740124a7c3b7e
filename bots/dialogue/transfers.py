"""The transfer, declared: whom, how much, from which account, and when it is to be there."""

from __future__ import annotations

import re
from datetime import date

from msgspec import UNSET

from bank_bridge.contract import (
    Arrival,
    BankRefusal,
    Instruction,
    RefusalCode,
    TransferOrder,
)
from bank_bridge.standing_contract import Rhythm, StandingOrder, StandingTransfers
from bots.dialogue.skills import MoneySkill, Slot
from bots.dialogue.slots import AmountSlot, Friends, PayeeSlot, PayerSlot
from bots.dialogue.standing import WhenSlot
from bots.dialogue.state import Draft
from bots.dialogue.talk import Talk
from bots.transactions.preparing import NO_DEVICE
from bots.transactions.steps import Bank
from bots.transactions.transfer import money_from
from bots.understanding.text import fold

TRANSFER = "transfer"
_ARRIVALS = {
    Arrival.NEXT_DAY: re.compile(r"(?:[次隔][日天]|第二天|明[天日])到(?:账|帐)?|\bnext[- ]day\b"),
    Arrival.ORDINARY: re.compile(
        r"普通到(?:账|帐)|普通(?=转账|汇款)|[两2]个?小时[后内]?到(?:账|帐)?|\bordinary\b"
    ),
    Arrival.REAL_TIME: re.compile(
        r"实时到(?:账|帐)|实时(?=转账|汇款)|(?:立即|马上|立刻)到(?:账|帐)|\breal[- ]?time\b"
    ),
}
_SENDS = re.compile(r"[转汇打付]|\b(?:transfer|send|pay|remit|wire)\b", re.IGNORECASE)
OTHER_AMOUNT_HELPS = frozenset(
    {
        RefusalCode.INSUFFICIENT_FUNDS,
        RefusalCode.LIMIT_SINGLE,
        RefusalCode.LIMIT_DAY,
        RefusalCode.INVALID_AMOUNT,
        RefusalCode.STRONGER_PROOF_NEEDED,
        RefusalCode.CLEARING_CLOSED,
    }
)


class ArrivalSlot(Slot):
    """When a transfer to another bank is to be there; at once if nothing is said."""

    name = "arrival"
    required = False

    def hear(self, talk: Talk, draft: Draft) -> Draft:
        said = [arrival for arrival, words in _ARRIVALS.items() if words.search(_text(talk))]
        return draft.having(arrival=said[0]) if len(said) == 1 else draft

    def heard(self, talk: Talk) -> bool:
        return any(words.search(_text(talk)) for words in _ARRIVALS.values())


def without_arrival(text: str) -> str:
    """An order with what it says of the arrival left out, which is ours to read, not a name."""
    if not _SENDS.search(text):
        return text
    for words in _ARRIVALS.values():
        text = words.sub("", text)
    return text


def _text(talk: Talk) -> str:
    return fold(talk.turn.text)


def transfer_skill(bank: Bank, friends: Friends | None = None) -> MoneySkill:
    """A transfer to a saved payee, of this bank or another; now, or on days to come.

    `friends`: whom of the chat the customer may mean by a name instead.
    """
    payer = PayerSlot(bank)

    async def order(talk: Talk, draft: Draft) -> Instruction:
        if draft.get("on"):
            if not isinstance(bank, StandingTransfers):
                raise BankRefusal(RefusalCode.NOT_FOUND, "no transfers on days to come here")
            return await bank.create_standing_transfer(
                await agreed(talk, draft), f"{talk.turn.key}:standing"
            )
        order = TransferOrder(
            customer=talk.turn.customer,
            device=talk.turn.device or NO_DEVICE,
            payee_id=draft.get("payee_id"),
            amount=money_from(draft.get("amount")),
            payer_number=await payer.number(talk, draft),
            arrival=Arrival(arrival) if (arrival := draft.get("arrival")) else UNSET,
        )
        return await bank.create_transfer(order, f"{talk.turn.key}:transfer")

    async def agreed(talk: Talk, draft: Draft) -> StandingOrder:
        return StandingOrder(
            customer=talk.turn.customer,
            device=talk.turn.device or NO_DEVICE,
            payee_id=draft.get("payee_id"),
            amount=money_from(draft.get("amount")),
            first=date.fromisoformat(draft.get("on")),
            rhythm=Rhythm(draft.get("rhythm")),
            day=int(draft.get("monthday") or 0),
            payer_number=await payer.number(talk, draft),
        )

    when = WhenSlot(without_arrival)
    return MoneySkill(
        name=TRANSFER,
        intents=("transfer",),
        slots=(PayeeSlot(bank, friends), AmountSlot(), payer, ArrivalSlot(), when),
        order=order,
        is_same=_is_same,
        help_after={"amount": OTHER_AMOUNT_HELPS},
        helped_by="transfer.other_amount",
    )


def _is_same(draft: Draft, known: Instruction) -> bool:
    amount = draft.get("amount")
    return bool(amount) and (draft.get("payee_name"), money_from(amount)) == (
        known.payee_name,
        known.amount,
    )
