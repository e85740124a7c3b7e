"""A statement adds up to the fen, in every form, whatever stands in a name."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest
from typer.testing import CliRunner

from bank_bridge.cli import app
from bank_bridge.contract import (
    Money,
    RefusalCode,
)
from bank_bridge.documents.camt053 import NAMESPACE
from bank_bridge.documents.forms import statement_document
from bank_bridge.documents.words import grouped
from bank_bridge.gateways.embedded import EmbeddedBank
from bank_bridge.paper_contract import (
    AccountStatement,
    StatementEntry,
    StatementFormat,
)
from tests.contracts.bank_samples import NOON, Clock, Teller, refusal

CAMT = {"c": NAMESPACE}
# The order of the elements in the message's schema, of those that are used.
ORDER = {
    "Document": ["BkToCstmrStmt"],
    "BkToCstmrStmt": ["GrpHdr", "Stmt"],
    "GrpHdr": ["MsgId", "CreDtTm"],
    "Stmt": ["Id", "CreDtTm", "FrToDt", "Acct", "Bal", "TxsSummry", "Ntry"],
    "FrToDt": ["FrDtTm", "ToDtTm"],
    "Acct": ["Id", "Ccy", "Ownr", "Svcr"],
    "Bal": ["Tp", "Amt", "CdtDbtInd", "Dt"],
    "TxsSummry": ["TtlCdtNtries", "TtlDbtNtries"],
    "Ntry": [
        *("NtryRef", "Amt", "CdtDbtInd", "RvslInd", "Sts", "BookgDt", "ValDt"),
        *("AcctSvcrRef", "BkTxCd", "NtryDtls"),
    ],
    "NtryDtls": ["TxDtls"],
    "TxDtls": ["Refs", "RltdPties"],
}


def statement(entries: int = 3, counterparty: str = "京东") -> AccountStatement:
    made, balance = [], 1_000_00
    for n in range(entries):
        change = -(n + 1) if n % 2 else 10_05
        balance += change
        made.append(
            StatementEntry(
                booked_on=date(2026, 3, 2),
                posted_at=NOON,
                amount=Money(change),
                balance=Money(balance),
                summary="purchase" if change < 0 else "reversal",
                counterparty=counterparty,
                reference=f"20260302{n:010d}",
            )
        )
    return AccountStatement(
        bank="中国工商银行",
        number="6212260000000000013",
        holder="张伟 <&>",
        currency="CNY",
        first=date(2026, 3, 1),
        last=date(2026, 3, 31),
        opening=Money(1_000_00),
        closing=Money(balance),
        entries=made,
        drawn_at=datetime(2026, 4, 1, tzinfo=UTC),
    )


def in_schema_order(element: ET.Element) -> None:
    name = element.tag.partition("}")[2]
    children = [child.tag.partition("}")[2] for child in element]
    if name in ORDER:
        assert set(children) <= set(ORDER[name])
        assert children == sorted(children, key=ORDER[name].index)
    for child in element:
        in_schema_order(child)


def test_camt053_has_its_elements_in_order_and_its_sums_right() -> None:
    root = ET.fromstring(statement_document(statement(5), StatementFormat.CAMT053))  # noqa: S314 - our own
    in_schema_order(root)
    told = root.find("c:BkToCstmrStmt/c:Stmt", CAMT)
    assert told is not None
    signed = 0
    for entry in told.findall("c:Ntry", CAMT):
        sign = 1 if entry.findtext("c:CdtDbtInd", "", CAMT) == "CRDT" else -1
        signed += sign * int(entry.findtext("c:Amt", "", CAMT).replace(".", ""))
    opening, closing = (
        int(balance.findtext("c:Amt", "", CAMT).replace(".", ""))
        for balance in told.findall("c:Bal", CAMT)
    )
    assert opening + signed == closing
    assert told.findtext("c:Acct/c:Ownr/c:Nm", "", CAMT) == "张伟 <&>"
    assert told.findtext("c:TxsSummry/c:TtlCdtNtries/c:NbOfNtries", "", CAMT) == "3"
    assert len(told.findtext("c:Id", "", CAMT)) <= 35


def test_an_overdrawn_opening_is_a_debit_in_camt053() -> None:
    odd = msgspec.structs.replace(statement(0), opening=Money(-5), closing=Money(-5))
    root = ET.fromstring(statement_document(odd, StatementFormat.CAMT053))  # noqa: S314 - our own
    balance = root.find("c:BkToCstmrStmt/c:Stmt/c:Bal", CAMT)
    assert balance is not None
    assert balance.findtext("c:Amt", "", CAMT) == "0.05"
    assert balance.findtext("c:CdtDbtInd", "", CAMT) == "DBIT"


@pytest.mark.parametrize("entries", [0, 1, 200])
def test_a_pdf_has_chinese_and_as_many_pages_as_it_needs(entries: int) -> None:
    document = statement_document(statement(entries, "A&B <b>书店</b>"), StatementFormat.PDF)
    assert document.startswith(b"%PDF-")
    assert b"/STSong-Light" in document
    assert document.count(b"/Type /Page\n") == (1 if entries < 2 else 5)


def test_a_workbook_has_figures_as_numbers_and_no_name_as_a_formula() -> None:
    document = statement_document(statement(2, "=cmd|'/c calc'!A0"), StatementFormat.XLSX)
    with zipfile.ZipFile(BytesIO(document)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        words = book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "=cmd|" in words
    assert "<v>10.05</v>" in sheet
    assert "<v>1010.05</v>" in sheet


def test_what_a_spreadsheets_number_cannot_hold_stands_as_text() -> None:
    entry = msgspec.structs.replace(statement(1).entries[0], amount=Money(10**15 + 1))
    huge = msgspec.structs.replace(statement(1), entries=[entry])
    with zipfile.ZipFile(BytesIO(statement_document(huge, StatementFormat.XLSX))) as book:
        assert "10000000000000.01" in book.read("xl/sharedStrings.xml").decode()


def test_figures_are_grouped_exactly() -> None:
    assert [grouped(Money(fen)) for fen in (0, -5, 123_456_789_01)] == [
        "0.00",
        "-0.05",
        "123,456,789.01",
    ]


async def test_a_statement_runs_from_opening_to_closing(teller: Teller, clock: Clock) -> None:
    bank = teller.bank
    assert isinstance(bank, EmbeddedBank)
    await teller.done(500_00)
    clock.forward(11 * 3600)  # 23:00: the next date
    await bank.purchase("zhangwei", "京东", Money(1_00), "late")
    today, tomorrow = date(2026, 3, 2), date(2026, 3, 3)
    one = await bank.account_statement("zhangwei", teller.zhangwei, today, today)
    assert (one.opening, one.closing) == (Money(0), Money(9_500_00))
    assert [e.summary for e in one.entries] == ["opening_deposit", "transfer_out"]
    two = await bank.account_statement("zhangwei", teller.zhangwei, tomorrow, tomorrow)
    assert (two.opening, two.closing) == (Money(9_500_00), Money(9_499_00))
    document = await bank.statement_document(
        "zhangwei", teller.zhangwei, today, tomorrow, StatementFormat.PDF
    )
    assert document.startswith(b"%PDF-")


async def test_a_statement_of_anothers_account_or_of_no_dates_is_refused(teller: Teller) -> None:
    bank = teller.bank
    assert isinstance(bank, EmbeddedBank)
    with refusal(RefusalCode.NOT_FOUND):
        await bank.account_statement("lina", teller.zhangwei, NOON.date(), NOON.date())
    with refusal(RefusalCode.INVALID_REQUEST):
        await bank.account_statement(
            "zhangwei", teller.zhangwei, date(2026, 3, 2), date(2026, 3, 1)
        )
    with refusal(RefusalCode.INVALID_REQUEST):
        await bank.account_statement(
            "zhangwei", teller.zhangwei, date(2025, 3, 1), date(2026, 3, 2)
        )


async def test_the_command_draws_a_statement(
    teller: Teller, bank_file: Path, tmp_path: Path
) -> None:
    import asyncio  # noqa: PLC0415 - the command has a loop of its own

    def drawn(*words: str) -> int:
        asked = ["statement", teller.zhangwei, "--from", "2026-03-01", "--to", "2026-03-31"]
        found = CliRunner().invoke(app, [*asked, "--data", str(bank_file), *words])
        return found.exit_code

    for name in ("a.pdf", "a.xlsx", "a.xml"):
        assert await asyncio.to_thread(drawn, "--out", str(tmp_path / name)) == 0
        assert (tmp_path / name).stat().st_size > 500
    assert await asyncio.to_thread(drawn, "--out", str(tmp_path / "a.doc")) == 2
