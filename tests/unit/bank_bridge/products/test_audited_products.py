"""The auditor sees when a product's rows and the journal part ways: planted faults, each found."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bank_bridge.contract import Money
from bank_bridge.gateways.embedded import open_embedded
from bank_bridge.ledger.auditor import audit
from bank_bridge.product_contract import EpayOrder, GiftKind, GiftOrder
from bank_bridge.saving_contract import DepositOrder
from tests.contracts.bank_samples import DEVICE, QUICK_HASH, Clock, Inbox, counting_ids

from .conftest import BillTeller


@pytest.fixture
async def sold(books: Path, clock: Clock) -> Path:
    """Books with a bill paid, a gift on its way and a deposit, right as they are."""
    inbox = Inbox()
    async with open_embedded(
        books, now=clock, new_id=counting_ids(), send_sms=inbox, rules=QUICK_HASH
    ) as bank:
        teller = BillTeller(bank, inbox)
        await teller.open_doors()
        await teller.open_billers()
        await teller.pay(await teller.bill())
        opened = await bank.create_epay_agreement(EpayOrder("zhangwei", DEVICE), "open")
        await teller.prove(opened)
        gift = GiftOrder("zhangwei", DEVICE, GiftKind.P2P, Money(88_00), "d:1", "李娜", "lina")
        await teller.prove(await bank.create_gift(gift, "gift"))
        away = DepositOrder("zhangwei", DEVICE, Money(1_000_00), 12)
        await teller.prove(await bank.create_deposit(away, "away"))
    assert audit(books).clean
    return books


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("UPDATE gifts SET state = 'RETURNED'", "gifts/pool"),
        ("UPDATE gift_shares SET taker = 'lina', taken_at = 1", "gifts/pool"),
        ("UPDATE deposits SET principal = principal + 1", "deposits/fixed"),
        ("UPDATE deposits SET state = 'PAID'", "deposits/fixed"),
        ("UPDATE bills SET paid = paid - 1", "bill id-"),
        ("UPDATE bill_payments SET state = 'REFUNDED'", "bill id-"),
    ],
)
async def test_a_planted_fault_of_a_product_is_found(sold: Path, planted: str, found: str) -> None:
    with closing(sqlite3.connect(sold)) as conn:
        conn.execute(planted)
        conn.commit()
    report = audit(sold)
    assert [violation for violation in report.violations if found in violation.detail]
