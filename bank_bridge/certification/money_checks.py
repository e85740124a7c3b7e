"""Money: what is quoted is what was asked, it moves once, and both sides' books agree."""

from __future__ import annotations

import asyncio

import msgspec

from bank_bridge.certification.sandbox import DEPOSIT, DEVICE, Sandbox, expect, refuses, wrong
from bank_bridge.contract import InstructionState as State
from bank_bridge.contract import Money, RefusalCode

_AT_ONCE = 20


async def transfer(box: Sandbox) -> None:
    """A transfer from order to receipt: one debit, one credit, one reference on both sides."""
    pair, amount = await box.pair(), Money(500_00)
    instruction_id, code = await box.challenged(pair, amount)
    done = await box.bank.authorise(instruction_id, pair.payer, DEVICE, code)
    expect(done.state is State.SUCCEEDED, f"it ended as {done.state}")
    expect(done.balance_after == DEPOSIT - amount, f"balance_after is {done.balance_after}")
    expect(await box.balance(pair.payer) == (DEPOSIT - amount).fen, "the payer's balance differs")
    expect(await box.balance(pair.payee_customer) == amount.fen, "the payee's balance differs")
    (out,) = await box.bank.statement(pair.payer, pair.payer_number, 1)
    number = (await box.bank.list_accounts(pair.payee_customer))[0].number
    (into,) = await box.bank.statement(pair.payee_customer, number, 1)
    expect(out.reference == into.reference == done.reference, "references differ")
    expect((out.amount, into.amount) == (Money(-amount.fen), amount), "statement amounts differ")


async def echo(box: Sandbox) -> None:
    """Amount, payee and payer of a quote are those of the order, to the fen."""
    pair = await box.pair()
    for fen in (1, 10, 1_10, 99_99, 100_00, 1_000_00, 9_999_99):
        made = await box.believed_quote(pair, Money(fen))
        expect(made.amount.fen == fen, f"asked for {Money(fen)}, quoted {made.amount}")
        expect(made.customer == pair.payer, "quoted for another customer")
        expect(made.payee_tail == pair.payee.tail, "quoted for another payee")
        expect(made.payer_tail == pair.payer_number[-4:], "quoted from another account")
        expect(made.state is State.REQUIRES_CONFIRMATION, f"quoted as {made.state}")


async def repeated_order(box: Sandbox) -> None:
    """The same key and order are the same instruction, also twenty at a time."""
    pair, key = await box.pair(), box.new_id()
    orders = (box.quoted(pair, Money(100), key) for _ in range(_AT_ONCE))
    made = await asyncio.gather(*orders, box.quoted(pair, Money(100), key))
    expect(len({i.instruction_id for i in made}) == 1, "one key made several instructions")


async def conflict(box: Sandbox) -> None:
    """The same key with any other field is IDEMPOTENCY_CONFLICT, never the first answer."""
    pair, other, key = await box.pair(), await box.pair(), box.new_id()
    await box.quoted(pair, Money(100), key)
    changes = (
        {"amount": Money(101)},
        {"memo": "another"},
        {"device": "another"},
        {"payee_id": other.payee.payee_id},
        {"customer": other.payer, "payee_id": other.payee.payee_id},
        {"payer_number": pair.payer_number},
    )
    for change in changes:
        order = msgspec.structs.replace(pair.order(Money(100)), **change)
        await refuses(box.bank.create_transfer(order, key), RefusalCode.IDEMPOTENCY_CONFLICT)
    buying = box.bank.purchase(pair.payer, "认证商户", Money(100), key)
    await refuses(buying, RefusalCode.IDEMPOTENCY_CONFLICT)
    expect(await box.debits(pair) == [], "money moved")


async def repeated_payment(box: Sandbox) -> None:
    """A payment that is confirmed again, once or twenty times at once, is one debit."""
    pair = await box.pair()
    instruction_id, code = await box.challenged(pair, Money(12_34))
    tries = (box.bank.authorise(instruction_id, pair.payer, DEVICE, code) for _ in range(_AT_ONCE))
    done = await asyncio.gather(*tries)
    done.append(await box.bank.authorise(instruction_id, pair.payer, DEVICE, code))
    expect({i.state for i in done} == {State.SUCCEEDED}, "not all of them say it succeeded")
    expect(len({i.reference for i in done}) == 1, "several references")
    expect(await box.debits(pair) == [12_34], f"debits: {await box.debits(pair)}")


async def repeated_purchase(box: Sandbox) -> None:
    """A purchase sent again with its key, once or twenty times at once, is one debit."""
    pair, key = await box.pair(), box.new_id()
    bought = [await box.bank.purchase(pair.payer, "认证商户", Money(56_78), key)]
    again = (box.bank.purchase(pair.payer, "认证商户", Money(56_78), key) for _ in range(_AT_ONCE))
    bought += await asyncio.gather(*again)
    expect(await box.debits(pair) == [56_78], f"debits: {await box.debits(pair)}")
    expect(len({i.reference for i in bought}) == 1, "several references")


async def refused(box: Sandbox) -> None:
    """A refused order stores nothing, and its key may be used for the corrected one."""
    pair, key = await box.pair(), box.new_id()
    over = box.quoted(pair, DEPOSIT + Money(1), key)
    refusal = await refuses(over, RefusalCode.INSUFFICIENT_FUNDS)
    expect(refusal.details.get("left") == DEPOSIT.fen, f"details say {refusal.details}")
    corrected = await box.quoted(pair, DEPOSIT, key)
    expect(corrected.amount == DEPOSIT, "the corrected order was not taken")
    for fen in (0, -1, 10**15):
        await refuses(box.quoted(pair, Money(fen)), RefusalCode.INVALID_AMOUNT)


async def codes(box: Sandbox) -> None:
    """Wrong codes count down, each once, and the third ends the code, even for the right one."""
    pair = await box.pair()
    instruction_id, code = await box.challenged(pair, Money(100))
    for left in (2, 1, 0):
        typing = box.bank.authorise(instruction_id, pair.payer, DEVICE, wrong(code))
        refusal = await refuses(typing, RefusalCode.AUTH_FAILED)
        expect(refusal.details.get("attempts_left") == left, f"details say {refusal.details}")
    right = box.bank.authorise(instruction_id, pair.payer, DEVICE, code)
    await refuses(right, RefusalCode.AUTH_FAILED)
    expect(await box.debits(pair) == [], "money moved")


async def bound_codes(box: Sandbox) -> None:
    """A code is for its own instruction and device, and for nothing else."""
    pair = await box.pair()
    first, first_code = await box.challenged(pair, Money(100))
    stolen = box.bank.authorise(first, pair.payer, "another-phone", first_code)
    await refuses(stolen, RefusalCode.AUTH_FAILED)
    second, second_code = await box.challenged(pair, Money(200))
    if first_code != second_code:
        await refuses(
            box.bank.authorise(second, pair.payer, DEVICE, first_code), RefusalCode.AUTH_FAILED
        )
    expect(await box.debits(pair) == [], "money moved")


async def steps(box: Sandbox) -> None:
    """No step is skipped: unconfirmed, nothing is authorised; cancelled, nothing moves."""
    pair = await box.pair()
    quoted = await box.quoted(pair, Money(100))
    skipping = box.bank.authorise(quoted.instruction_id, pair.payer, DEVICE, "123456")
    await refuses(skipping, RefusalCode.ILLEGAL_TRANSITION)
    instruction_id, code = await box.challenged(pair, Money(100))
    cancelled = await box.bank.cancel(instruction_id, pair.payer)
    expect(cancelled.state is State.CANCELLED, f"cancelled is {cancelled.state}")
    after = await box.bank.authorise(instruction_id, pair.payer, DEVICE, code)
    expect(after.state is State.CANCELLED, f"cancelled became {after.state}")
    expect(await box.debits(pair) == [], "money moved")


async def strangers(box: Sandbox) -> None:
    """Another customer finds neither an instruction nor an account."""
    pair, other = await box.pair(), await box.pair()
    instruction_id, code = await box.challenged(pair, Money(100))
    not_found = RefusalCode.NOT_FOUND
    await refuses(box.bank.get(instruction_id, other.payer), not_found)
    await refuses(box.bank.authorise(instruction_id, other.payer, DEVICE, code), not_found)
    await refuses(box.bank.cancel(instruction_id, other.payer), not_found)
    await refuses(box.bank.statement(other.payer, pair.payer_number, 10), not_found)


async def books(box: Sandbox) -> None:
    """Running balances follow from the amounts, and the last one is the account's."""
    pair = await box.pair()
    for fen in (1, 20_05, 300_10):
        await box.bank.purchase(pair.payer, "认证商户", Money(fen), box.new_id())
    lines = await box.bank.statement(pair.payer, pair.payer_number, 200)
    balance = 0
    for line in reversed(lines):
        balance += line.amount.fen
        expect(line.balance_after.fen == balance, f"{line.reference}: a balance does not follow")
    expect(balance == await box.balance(pair.payer), "the account says otherwise")


async def events(box: Sandbox) -> None:
    """The outbox tells both sides once, in order, and never repeats an event."""
    position, pair = 0, await box.pair()
    while page := await box.bank.events(position, 1000):
        position = page[-1].position
    instruction_id, code = await box.challenged(pair, Money(9_99))
    await box.bank.authorise(instruction_id, pair.payer, DEVICE, code)
    told = await box.bank.events(position, 1000)
    expect(
        [e.position for e in told] == list(range(position + 1, position + 1 + len(told))),
        "positions have gaps",
    )
    expect(len({e.event_id for e in told}) == len(told), "an event has the id of another")
    mine = [(e.customer, e.amount and e.amount.fen) for e in told if e.type == "posting"]
    expect(mine.count((pair.payer, -9_99)) == 1, "the payer was not told once")
    expect(mine.count((pair.payee_customer, 9_99)) == 1, "the payee was not told once")
