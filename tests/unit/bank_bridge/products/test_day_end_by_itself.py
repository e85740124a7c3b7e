"""Dates are closed by the bank itself at its hour, with the products' part, once and for all."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bank_bridge.contract import BankError, InstructionState, Money
from bank_bridge.gateways.day_end import due_before
from bank_bridge.gateways.embedded import EmbeddedBank, open_embedded
from bank_bridge.instructions.office import Office
from bank_bridge.instructions.rules import Rules
from bank_bridge.ledger.books import open_books
from bank_bridge.ledger.days import Moment
from bank_bridge.ledger.heads import HEADS, read_heads
from bank_bridge.products.day_steps import product_steps
from bank_bridge.products.kinds import KINDS
from bank_bridge.saving_contract import DepositOrder
from tests.contracts.bank_samples import DEVICE, QUICK_HASH, Clock, Inbox, Teller, counting_ids

from .conftest import BillTeller

MONDAY = date(2026, 3, 2)  # the clock begins at noon in China
STEPS = [
    "expire_holds",
    "pay_interest",
    "accrue_interest",
    "mature_deposits",
    "debit_bills",
    "return_gifts",
    "confirm_funds",
    "trial_balance",
    "draw_statements",
]


@pytest.mark.parametrize(
    ("china", "open_from"),
    [
        ("2026-03-02 22:59", "2026-03-02"),
        ("2026-03-02 23:04", "2026-03-02"),
        ("2026-03-02 23:05", "2026-03-03"),
        ("2026-03-03 00:10", "2026-03-03"),
        ("2026-03-03 23:04", "2026-03-03"),
    ],
)
def test_a_date_is_due_at_its_hour_after_the_cut_off(china: str, open_from: str) -> None:
    moment = datetime.fromisoformat(china).replace(tzinfo=UTC) - timedelta(hours=8)
    assert due_before(moment, Rules()).isoformat() == open_from


def test_an_hour_after_midnight_is_of_the_next_day() -> None:
    late = Rules(day_end=datetime(2026, 1, 1, 0, 30, tzinfo=UTC).time())
    before = datetime(2026, 3, 2, 16, 29, tzinfo=UTC)  # 0:29 in China on the third
    assert due_before(before, late) == MONDAY
    assert due_before(before + timedelta(minutes=1), late) == MONDAY + timedelta(days=1)


@pytest.fixture
async def nodes(tmp_path: Path, clock: Clock) -> AsyncIterator[list[EmbeddedBank]]:
    """Three processes' hands on one bank."""
    async with AsyncExitStack() as stack:
        opened = [
            await stack.enter_async_context(
                open_embedded(
                    tmp_path / "bank.db",
                    now=clock,
                    new_id=counting_ids(f"node{n}"),
                    send_sms=Inbox(),
                    rules=QUICK_HASH,
                )
            )
            for n in range(3)
        ]
        await Teller(opened[0], Inbox()).open_doors()
        yield opened


async def test_several_nodes_close_each_date_once(
    nodes: list[EmbeddedBank], clock: Clock, tmp_path: Path
) -> None:
    assert [await node.run_day_end() for node in nodes] == [0, 0, 0]
    clock.forward(3 * 86_400)  # missed days are caught up with, one after the other
    await asyncio.gather(*(node.run_day_end() for node in nodes))
    assert [await node.run_day_end() for node in nodes] == [0, 0, 0]
    days = await nodes[2].business_days(10)
    assert [day.day for day in days] == [MONDAY + timedelta(days=n) for n in (2, 1, 0)]
    assert all(day.sealed_at and day.head for day in days)
    assert [step.step for step in days[0].steps] == STEPS
    heads = read_heads(tmp_path / HEADS)
    assert [head.business_date for head in heads] == [
        (MONDAY + timedelta(days=n)).isoformat() for n in range(3)
    ]


async def test_a_deposit_that_nobody_paid_out_is_paid_on_its_own_date(
    teller: BillTeller, clock: Clock, books: Path
) -> None:
    order = DepositOrder("zhangwei", DEVICE, Money(1_000_00), 3)
    opened = await teller.prove(await teller.bank.create_deposit(order, "d-1"))
    assert opened.state is InstructionState.SUCCEEDED
    clock.forward(100 * 86_400)  # the server was off: no chore ran on the day
    matures = MONDAY.replace(month=6)
    async with open_books(books, clock) as hand:
        office = Office(hand, clock, counting_ids("end"), QUICK_HASH, KINDS)
        (step,) = [one for one in product_steps(office) if one.name == "mature_deposits"]
        while await hand.write("end", lambda conn: step.run(conn, Moment(matures, 0), 0)) == 0:
            pass
    (deposit,) = await teller.bank.deposits("zhangwei")
    assert not deposit.active
    statement = await teller.bank.account_statement(
        "zhangwei", teller.zhangwei, deposit.matures, deposit.matures
    )
    assert [entry.amount.fen for entry in statement.entries] == [1_000_00, 2_75]


async def test_a_date_that_is_out_of_balance_stays_open_and_says_so(
    nodes: list[EmbeddedBank], clock: Clock, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "bank.db")) as conn, conn:
        conn.execute("UPDATE turnover SET credited = credited + 1 WHERE credited > 0")
    clock.forward(86_400)
    with pytest.raises(BankError):
        await nodes[0].run_day_end()
    (day,) = await nodes[1].business_days(10)
    assert day.sealed_at is None
    assert "trial_balance" not in [step.step for step in day.steps]
    with pytest.raises(BankError):  # it is tried again, not forgotten
        await nodes[0].run_day_end()
