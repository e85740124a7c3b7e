"""`elian bank biller`: from the application to the reconciled day, and files that cannot be."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bank_bridge.cli import app
from bank_bridge.contract import Money
from bank_bridge.gateways.embedded import open_embedded
from bank_bridge.open import Rules
from bank_bridge.product_contract import BillOrder
from tests.contracts.bank_samples import Inbox, counting_ids

PAPERS = "--licence L1 --legal-person P1 --agreement A1 --application C1"
BILLS = "number,period,owner,amount,due\n3101234567,2026-03,王小明,100.50,2026-03-20\n"


class Office:
    """Commands on one bank's file."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "bank.db"

    def run(self, line: str) -> Result:
        words = ["biller", *line.split(), "--data", str(self.folder)]
        return CliRunner().invoke(app, words)

    def done(self, line: str) -> str:
        result = self.run(line)
        assert result.exit_code == 0, result.output
        return result.output

    def csv(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def bank(self, inbox: Inbox | None = None):
        return open_embedded(
            self.file,
            now=lambda: datetime.now(UTC),
            new_id=counting_ids(),
            send_sms=inbox or Inbox(),
            rules=Rules(code_hash_memory_kib=8),
        )

    def admit(self) -> None:
        self.done(f"propose power 供电公司 --by maker {PAPERS}")
        self.done("approve power --by checker")
        self.done("item power-home power 电费 --category 2 --by maker")
        self.done("approve-item power-home --by checker")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path)

    async def found() -> None:
        async with office.bank() as bank:
            await bank.enrol("zhangwei", "张伟", "13800138000")
            await bank.open_account("zhangwei", Money(1_000_00), "open")

    asyncio.run(found())
    return office


def test_a_biller_is_admitted_uploads_is_paid_and_reconciled(office: Office) -> None:
    office.admit()
    bills = office.csv("bills.csv", BILLS)
    assert "1 of 1 bills taken" in office.done(f"upload power-home {bills}")

    async def pay() -> str:
        inbox = Inbox()
        async with office.bank(inbox) as bank:
            (bill,) = await bank.query_bills("power-home", "3101234567")
            order = BillOrder("zhangwei", "phone", bill_id=bill.bill_id)
            new = (await bank.create_bill_payment(order, "k")).instruction_id
            await bank.confirm(new, "zhangwei", "phone")
            await bank.challenge(new, "zhangwei")
            paid = await bank.authorise(new, "zhangwei", "phone", inbox.code)
            return paid.reference or ""

    reference = asyncio.run(pay())
    day = f"{reference[:4]}-{reference[4:6]}-{reference[6:8]}"
    ours = office.done(f"day power {day}")
    assert f"{reference},100.50" in ours
    assert "1 payments, 100.50 yuan" in ours
    missing = office.csv("theirs.csv", "reference,amount\n")
    result = office.run(f"reconcile power {day} {missing}")
    assert result.exit_code == 1
    assert f"ours_only {reference} 100.50 0.00" in result.output


def test_the_maker_is_no_second_officer(office: Office) -> None:
    office.done(f"propose power 供电公司 --by maker {PAPERS}")
    result = office.run("approve power --by maker")
    assert result.exit_code == 1
    assert "second officer" in result.output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("number,period\n", "head line"),
        (BILLS + "1,2\n", "line 3"),
        (BILLS.replace("100.50", "100.505"), "amount"),
        (BILLS.replace("100.50", "-1"), "amount"),
        (BILLS.replace("100.50", "１"), "amount"),
        (BILLS.replace("2026-03-20", "soon"), "date"),
    ],
)
def test_a_file_that_cannot_be_is_refused_whole_and_says_where(
    office: Office, text: str, said: str
) -> None:
    office.admit()
    result = office.run(f"upload power-home {office.csv('bills.csv', text)}")
    assert result.exit_code == 2
    assert said in result.output


def test_without_books_there_is_nothing_to_do(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = Office(tmp_path / "empty").run("approve power --by checker")
    assert result.exit_code == 2
    assert "no bank's file" in result.output
