"""Care: what codes are not enough for, and that a freeze stops everything until two lift it."""

from __future__ import annotations

from bank_bridge.certification.sandbox import DEVICE, Sandbox, expect, refuses
from bank_bridge.contract import BankRefusal, Money, RefusalCode, TransferOrder
from bank_bridge.freeze_contract import FreezeReason, Freezing

_MOST_BY_CODE = Money(50_000_00)


async def code_limit(box: Sandbox) -> None:
    """A person's transfers above 50,000 a day are not carried out on an SMS code alone."""
    pair = await box.pair()
    rich = await box.bank.open_account(pair.payer, _MOST_BY_CODE + _MOST_BY_CODE, box.new_id())
    order = TransferOrder(
        pair.payer, DEVICE, pair.payee.payee_id, _MOST_BY_CODE + Money(1), payer_number=rich
    )
    await refuses(box.bank.create_transfer(order, box.new_id()), RefusalCode.STRONGER_PROOF_NEEDED)


async def freezing(box: Sandbox) -> None:
    """A frozen customer's money stays, whatever was begun before, until two people lift it."""
    pair, bank = await box.pair(), box.bank
    if not isinstance(bank, Freezing):
        return
    try:
        expect(await bank.frozen(pair.payer) is None, "a fresh customer is frozen")
    except BankRefusal as refusal:
        if refusal.code is RefusalCode.NOT_FOUND:  # this bank does not offer it
            return
        raise
    instruction_id, code = await box.challenged(pair, Money(100))
    case = await bank.freeze(pair.payer, FreezeReason.FRAUD)
    expect((await bank.freeze(pair.payer, FreezeReason.FRAUD)).case == case.case, "two cases")
    await refuses(bank.authorise(instruction_id, pair.payer, DEVICE, code), RefusalCode.FROZEN)
    bought = bank.purchase(pair.payer, "认证商户", Money(100), box.new_id())
    await refuses(bought, RefusalCode.FROZEN)
    await bank.propose_unfreeze(case.case, "maker")
    await refuses(bank.approve_unfreeze(case.case, "maker"), RefusalCode.STRONGER_PROOF_NEEDED)
    await refuses(box.quoted(pair, Money(100)), RefusalCode.FROZEN)
    await bank.approve_unfreeze(case.case, "checker")
    await box.quoted(pair, Money(100))
