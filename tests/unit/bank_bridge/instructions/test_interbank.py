"""Transfers to other banks: whatever the clearing house does, one debit or none, and the truth."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from bank_bridge.contract import Arrival, Instruction, InstructionState, Money, Payee, RefusalCode
from bank_bridge.counterparties.clearing import ClearingTemper, SeededClearing
from bank_bridge.counterparties.clearing_link import FileLine, Payment
from bank_bridge.gateways.embedded import EmbeddedBank, open_embedded
from bank_bridge.instructions.rules import Rules
from bank_bridge.ledger.auditor import audit
from tests.contracts.bank_samples import (
    DEVICE,
    QUICK_HASH,
    Clock,
    Inbox,
    Teller,
    counting_ids,
    refusal,
)

OUTSIDE = "6217000010001234569"  # passes Luhn
State = InstructionState


class Sender:
    """A customer with a payee at another bank, and the bank's file."""

    def __init__(self, teller: Teller, bank: EmbeddedBank, payee: Payee, clock: Clock) -> None:
        self.teller, self.bank, self.payee, self.clock = teller, bank, payee, clock

    async def sent(self, fen: int = 500_00, **order: object) -> Instruction:
        made = await self.bank.create_transfer(
            self.teller.order(fen, payee_id=self.payee.payee_id, **order), f"k-{fen}"
        )
        await self.bank.confirm(made.instruction_id, "zhangwei", DEVICE)
        await self.bank.challenge(made.instruction_id, "zhangwei")
        return await self.teller.type_code(made.instruction_id, self.teller.inbox.code)

    async def now(self, made: Instruction) -> Instruction:
        return await self.bank.get(made.instruction_id, "zhangwei")

    async def money(self) -> tuple[int, int]:
        """Posted and available, in fen."""
        account = (await self.bank.list_accounts("zhangwei"))[0]
        return account.posted.fen, account.available.fen

    async def later(self, seconds: float) -> None:
        self.clock.forward(seconds)
        await self.bank.run_due()


Opened = Callable[..., AbstractAsyncContextManager[EmbeddedBank]]


@pytest.fixture
def opened(bank_file: Path, clock: Clock, inbox: Inbox) -> Opened:
    ids = counting_ids()

    def open_it(rules: Rules = QUICK_HASH, **temper: float) -> object:
        return open_embedded(
            bank_file,
            now=clock,
            new_id=ids,
            send_sms=inbox,
            rules=rules,
            temper=ClearingTemper(**temper),  # type: ignore[arg-type]
        )

    return open_it  # type: ignore[return-value]


async def settled(bank: EmbeddedBank, inbox: Inbox, clock: Clock) -> Sender:
    teller = await Teller(bank, inbox).open_doors()
    payee = await bank.save_outside_payee("zhangwei", "王芳", OUTSIDE, "中国建设银行")
    return Sender(teller, bank, payee, clock)


@pytest.fixture
async def sender(opened: Opened, inbox: Inbox, clock: Clock) -> AsyncIterator[Sender]:
    async with opened() as bank:
        yield await settled(bank, inbox, clock)


@pytest.fixture(autouse=True)
def right_books(bank_file: Path) -> object:
    yield
    report = audit(bank_file)
    assert report.clean, report.page()


async def test_a_transfer_to_another_bank_is_there_at_once(sender: Sender) -> None:
    done = await sender.sent()
    assert (done.state, done.payee_bank, done.arrival) == (
        State.SUCCEEDED,
        "中国建设银行",
        Arrival.REAL_TIME,
    )
    assert (done.payee_name, done.payee_tail) == ("王芳", OUTSIDE[-4:])
    assert await sender.money() == (9_500_00, 9_500_00)
    (line,) = await sender.bank.statement("zhangwei", sender.teller.zhangwei, 1)
    assert (line.summary, line.counterparty, line.reference) == (
        "transfer_out",
        "王芳",
        done.reference,
    )


async def test_a_payee_elsewhere_is_saved_once_and_under_one_name(sender: Sender) -> None:
    again = await sender.bank.save_outside_payee("zhangwei", "王芳", OUTSIDE, "中国建设银行")
    assert again == sender.payee
    assert (again.number, again.bank) == (OUTSIDE, "中国建设银行")
    with refusal(RefusalCode.PAYEE_NAME_MISMATCH):
        await sender.bank.save_outside_payee("lina", "王方", OUTSIDE, "中国建设银行")
    for number in ("", "12a", sender.teller.lina):
        with refusal(RefusalCode.INVALID_REQUEST):
            await sender.bank.save_outside_payee("lina", "王芳", number, "中国建设银行")


async def test_an_account_that_does_not_exist_there_costs_nothing(sender: Sender) -> None:
    wrong = await sender.bank.save_outside_payee("zhangwei", "王芳", "62170000", "中国建设银行")
    sender.payee = wrong
    failed = await sender.sent()
    assert (failed.state, failed.failure) == (State.FAILED, RefusalCode.PAYEE_NAME_MISMATCH)
    assert await sender.money() == (10_000_00, 10_000_00)


async def test_an_ordinary_transfer_may_be_cancelled_until_it_is_sent(sender: Sender) -> None:
    held = await sender.sent(arrival=Arrival.ORDINARY)
    assert held.state is State.HELD
    assert held.sends_at is not None
    assert (held.sends_at - held.created_at).total_seconds() == 7_200
    assert await sender.money() == (10_000_00, 9_500_00)
    await sender.later(7_199)
    assert (await sender.now(held)).state is State.HELD
    cancelled = await sender.bank.cancel(held.instruction_id, "zhangwei")
    assert cancelled.state is State.CANCELLED
    await sender.later(2)
    assert (await sender.now(held)).state is State.CANCELLED
    assert await sender.money() == (10_000_00, 10_000_00)


async def test_an_ordinary_transfer_is_not_cancelled_after_it_was_sent(sender: Sender) -> None:
    held = await sender.sent(arrival=Arrival.ORDINARY)
    await sender.later(7_200)
    done = await sender.now(held)
    assert done.state is State.SUCCEEDED
    with refusal(RefusalCode.ILLEGAL_TRANSITION):
        await sender.bank.cancel(held.instruction_id, "zhangwei")
    assert await sender.money() == (9_500_00, 9_500_00)


async def test_a_next_day_transfer_leaves_with_the_next_day(sender: Sender) -> None:
    held = await sender.sent(arrival=Arrival.NEXT_DAY)
    await sender.later(12 * 3_600 - 1)  # it is noon
    assert (await sender.now(held)).state is State.HELD
    await sender.later(1)
    assert (await sender.now(held)).state is State.SUCCEEDED


async def test_when_clearing_answers_nothing_the_next_days_file_decides(
    opened: Opened, inbox: Inbox, clock: Clock
) -> None:
    async with opened(lose_request=1.0) as bank:
        sender = await settled(bank, inbox, clock)
        unknown = await sender.sent()
        assert (unknown.state, unknown.finished_at) == (State.UNKNOWN, None)
        assert await sender.money() == (10_000_00, 9_500_00)
        for seconds in (2, 4, 8, 16, 32, 3_600):
            await sender.later(seconds)
        assert (await sender.now(unknown)).state is State.UNKNOWN
        assert await sender.money() == (10_000_00, 9_500_00)
        same = await bank.create_transfer(
            sender.teller.order(500_00, payee_id=sender.payee.payee_id), "k-50000"
        )
        assert same.instruction_id == unknown.instruction_id
        await sender.later(86_400)
        failed = await sender.now(unknown)
        assert (failed.state, failed.failure) == (
            State.FAILED,
            RefusalCode.COUNTERPARTY_DECLINED,
        )
        assert await sender.money() == (10_000_00, 10_000_00)


async def test_an_answer_that_is_lost_for_good_is_in_the_file(
    opened: Opened, inbox: Inbox, clock: Clock
) -> None:
    async with opened(lose_answer=1.0) as bank:
        sender = await settled(bank, inbox, clock)
        unknown = await sender.sent()
        assert unknown.state is State.UNKNOWN
        await sender.later(60)
        assert (await sender.now(unknown)).state is State.UNKNOWN
        await sender.later(86_400)
        assert (await sender.now(unknown)).state is State.SUCCEEDED
        assert await sender.money() == (9_500_00, 9_500_00)
        await sender.later(86_400)  # the file once more changes nothing
        assert await sender.money() == (9_500_00, 9_500_00)


async def test_an_answer_that_comes_late_or_twice_counts_once(
    opened: Opened, inbox: Inbox, clock: Clock
) -> None:
    async with opened(delay=1.0, repeat=1.0, delay_s=1.0) as bank:
        sender = await settled(bank, inbox, clock)
        unknown = await sender.sent()
        assert unknown.state is State.UNKNOWN
        await sender.later(1)
        assert (await sender.now(unknown)).state is State.SUCCEEDED
        await sender.later(2)
        assert await sender.money() == (9_500_00, 9_500_00)


async def test_an_inquiry_finds_what_was_settled(
    opened: Opened, inbox: Inbox, clock: Clock
) -> None:
    async with opened(delay=1.0, delay_s=10_000) as bank:
        sender = await settled(bank, inbox, clock)
        unknown = await sender.sent()
        await sender.later(2)
        assert (await sender.now(unknown)).state is State.SUCCEEDED


async def test_a_refusal_of_the_other_bank_gives_the_money_back(
    opened: Opened, inbox: Inbox, clock: Clock
) -> None:
    async with opened(decline=1.0) as bank:
        sender = await settled(bank, inbox, clock)
        failed = await sender.sent()
        assert failed.failure is RefusalCode.COUNTERPARTY_DECLINED
        assert await sender.money() == (10_000_00, 10_000_00)


async def test_what_is_in_flight_counts_for_the_days_limit(
    opened: Opened, inbox: Inbox, clock: Clock
) -> None:
    async with opened(lose_request=1.0) as bank:
        sender = await settled(bank, inbox, clock)
        await bank.open_account("zhangwei", Money(100_000_00), "rich")
        rich = (await bank.list_accounts("zhangwei"))[1].number
        await sender.sent(50_000_00, payer_number=rich)
        with refusal(RefusalCode.STRONGER_PROOF_NEEDED):
            await sender.teller.quoted(1)


async def test_a_bank_that_died_between_sending_and_hearing_asks_and_sends_no_second(
    opened: Opened, inbox: Inbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sends = 0
    real: Callable[[SeededClearing, Payment], Awaitable[object]] = SeededClearing.send

    async def send_and_die(clearing: SeededClearing, payment: Payment) -> object:
        nonlocal sends
        sends += 1
        await real(clearing, payment)
        raise KeyboardInterrupt

    async with opened() as bank:
        sender = await settled(bank, inbox, clock)
        monkeypatch.setattr(SeededClearing, "send", send_and_die)
        with pytest.raises(KeyboardInterrupt):
            await sender.sent()
    async with opened() as bank:
        sender.bank = bank
        (waiting,) = [
            i
            for n in range(1, 30)
            if (i := await _maybe(bank, f"id-{n}")) and i.state is State.SUBMITTED
        ]
        await sender.later(5)
        assert (await sender.now(waiting)).state is State.SUCCEEDED
        assert await sender.money() == (9_500_00, 9_500_00)
    assert sends == 1


async def _maybe(bank: EmbeddedBank, instruction_id: str) -> Instruction | None:
    try:
        return await bank.get(instruction_id, "zhangwei")
    except Exception:  # noqa: BLE001 - other ids are of other things
        return None


async def test_what_the_file_says_otherwise_is_kept_for_a_person_and_moves_nothing(
    sender: Sender, clock: Clock
) -> None:
    done = await sender.sent()
    day = sender.bank._reconciliation._office.rules.local_date(clock())
    lines = [FileLine(done.instruction_id, 499_99), FileLine("stranger", 1)]
    found = await sender.bank._reconciliation.reconcile(day, lines)
    assert [(d.payment_id, d.kind, d.ours, d.theirs) for d in found.differences] == [
        (done.instruction_id, "amount_differs", 500_00, 499_99),
        ("stranger", "theirs_only", None, 1),
    ]
    assert await sender.bank._reconciliation.reconcile(day, []) == found
    assert await sender.money() == (9_500_00, 9_500_00)


async def test_sixty_thousand_on_a_saturday_is_not_quoted(
    opened: Opened, inbox: Inbox, clock: Clock
) -> None:
    clock.forward(5 * 86_400 + 3 * 3_600)  # from Monday noon to Saturday 15:00
    rich = Rules(code_hash_memory_kib=8, sms_day_limit=Money(10**9))
    async with opened(rich) as bank:
        sender = await settled(bank, inbox, clock)
        number = await bank.open_account("zhangwei", Money(200_000_00), "rich")
        with refusal(RefusalCode.CLEARING_CLOSED) as refused:
            await sender.sent(60_000_00, payer_number=number)
        assert refused.value.details == {"opens_at": "2026-03-08T20:30:00+08:00"}
        assert (await sender.sent(50_000_00, payer_number=number)).state is State.SUCCEEDED
        held = await sender.sent(60_000_00, payer_number=number, arrival=Arrival.NEXT_DAY)
        assert held.state is State.HELD


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_the_temper_each_transfer_ends_once_and_the_books_are_right(
    opened: Opened, inbox: Inbox, clock: Clock, seed: int
) -> None:
    faults = {"decline": 0.2, "lose_request": 0.3, "lose_answer": 0.3, "delay": 0.3, "repeat": 0.4}
    rules = Rules(code_hash_memory_kib=8, codes_per_hour=99, codes_per_day=99)
    async with opened(rules, seed=seed, **faults) as bank:
        sender = await settled(bank, inbox, clock)
        made = []
        for fen in range(100, 108):
            made.append(await sender.sent(fen))
            await sender.later(400)
        for seconds in (1, 2, 4, 8, 16, 32, 86_400):
            await sender.later(seconds)
        ended = [await sender.now(each) for each in made]
        assert {each.state for each in ended} <= {State.SUCCEEDED, State.FAILED}, seed
        paid = sum(each.amount.fen for each in ended if each.state is State.SUCCEEDED)
        assert await sender.money() == (10_000_00 - paid, 10_000_00 - paid), seed
