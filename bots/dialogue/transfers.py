"""The in-bank transfer, declared: whom, how much, from which account."""

from __future__ import annotations

from bank_bridge.contract import Instruction, RefusalCode, TransferOrder
from bots.dialogue.skills import MoneySkill
from bots.dialogue.slots import AmountSlot, PayeeSlot, PayerSlot
from bots.dialogue.state import Draft
from bots.dialogue.talk import Talk
from bots.transactions.preparing import NO_DEVICE
from bots.transactions.steps import Bank
from bots.transactions.transfer import money_from

TRANSFER = "transfer"
OTHER_AMOUNT_HELPS = frozenset(
    {
        RefusalCode.INSUFFICIENT_FUNDS,
        RefusalCode.LIMIT_SINGLE,
        RefusalCode.LIMIT_DAY,
        RefusalCode.INVALID_AMOUNT,
        RefusalCode.STRONGER_PROOF_NEEDED,
    }
)


def transfer_skill(bank: Bank) -> MoneySkill:
    """A transfer to a saved payee of this bank."""
    payer = PayerSlot(bank)

    async def order(talk: Talk, draft: Draft) -> Instruction:
        order = TransferOrder(
            customer=talk.turn.customer,
            device=talk.turn.device or NO_DEVICE,
            payee_id=draft.get("payee_id"),
            amount=money_from(draft.get("amount")),
            payer_number=await payer.number(talk, draft),
        )
        return await bank.create_transfer(order, f"{talk.turn.key}:transfer")

    return MoneySkill(
        name=TRANSFER,
        intents=("transfer",),
        slots=(PayeeSlot(bank), AmountSlot(), payer),
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
