"""A statement as a workbook: figures as numbers with two decimals, texts always as texts."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import xlsxwriter

from bank_bridge.contract import (
    Money,
)
from bank_bridge.documents.words import COLUMNS, heading, say, summary
from bank_bridge.paper_contract import (
    AccountStatement,
)

_EXACT = 10**15  # fen; a spreadsheet's numbers have fifteen digits


def statement_xlsx(statement: AccountStatement) -> bytes:
    """One sheet. A name that looks like a formula stays a name."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(say("title")[:5])
        figures = book.add_format({"num_format": "#,##0.00"})
        bold = book.add_format({"bold": True})
        sheet.set_column(0, 5, 24)
        sheet.write_string(0, 0, f"{statement.bank} {say('title')}", bold)
        row = 1
        for name, value in heading(statement):
            sheet.write_string(row, 0, name)
            sheet.write_string(row, 1, value)
            row += 1
        for column, name in enumerate(COLUMNS.values()):
            sheet.write_string(row + 1, column, name, bold)
        for place, entry in enumerate(statement.entries, start=row + 2):
            texts = (
                entry.booked_on.isoformat(),
                entry.reference,
                summary(entry.summary),
                entry.counterparty,
            )
            for column, text in enumerate(texts):
                sheet.write_string(place, column, text)
            for column, money in ((4, entry.amount), (5, entry.balance)):
                if abs(money.fen) < _EXACT:
                    sheet.write_number(place, column, _yuan(money), figures)
                else:
                    sheet.write_string(place, column, str(money))
    return out.getvalue()


def _yuan(money: Money) -> Decimal:
    return Decimal(money.fen).scaleb(-2)
