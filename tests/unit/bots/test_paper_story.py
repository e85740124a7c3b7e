"""An account statement as a file: by a sentence, for the days that were named."""

from __future__ import annotations

import io
import zipfile

import pytest

from bank_bridge.gateways.embedded import EmbeddedBank
from bots.contract import Document
from bots.understanding.papers import PaperKind, read_paper

from .conftest import Clock, Customer, said


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("对账单", PaperKind.PDF),
        ("上个月的对账单", PaperKind.PDF),
        ("导出11月流水 Excel", PaperKind.XLSX),
        ("please send my statement as pdf", PaperKind.PDF),
        ("查一下上个月的流水", None),
        ("信用卡账单日是哪天", None),
        ("商户对账单怎么看", None),
    ],
)
def test_when_a_file_is_wanted(sentence: str, kind: PaperKind | None) -> None:
    assert read_paper(sentence) is kind


async def test_a_statement_comes_as_a_pdf_and_as_a_sheet(
    bank: EmbeddedBank, customer: Customer, clock: Clock
) -> None:
    replies = await customer.writes("11月的对账单")
    paper = replies[-1]
    assert isinstance(paper, Document)
    assert paper.content.startswith(b"%PDF-")
    assert paper.name.startswith("对账单_")
    assert paper.name.endswith("_2026-11-01_2026-11-23.pdf")
    sheet = (await customer.writes("导出11月流水 Excel"))[-1]
    assert isinstance(sheet, Document)
    with zipfile.ZipFile(io.BytesIO(sheet.content)) as book:
        assert "xl/workbook.xml" in book.namelist()
    clock.pass_(days=10)
    month = (await customer.writes("对账单"))[-1]  # no days named: the month gone by
    assert isinstance(month, Document)
    assert month.name.endswith("_2026-11-01_2026-11-30.pdf")


async def test_what_cannot_be_drawn_is_said(customer: Customer) -> None:
    assert "没有尾号8888" in said(await customer.writes("尾号8888的对账单"))
    assert "还没有到" in said(await customer.writes("明年1月的对账单"))
