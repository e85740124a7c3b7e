"""A statement as PDF, with the song typeface that every PDF reader has for Chinese."""

from __future__ import annotations

from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, LongTable, Paragraph, SimpleDocTemplate, Spacer, Table

from bank_bridge.documents.words import COLUMNS, grouped, heading, say, summary
from bank_bridge.paper_contract import (
    AccountStatement,
)

_FONT = "STSong-Light"  # Adobe's, not embedded
_WIDTHS = [20 * mm, 39 * mm, 34 * mm, 35 * mm, 28 * mm, 28 * mm]
_TEXT = ParagraphStyle("text", fontName=_FONT, fontSize=8, leading=10, wordWrap="CJK")
_TITLE = ParagraphStyle("title", fontName=_FONT, fontSize=15, leading=20)


def statement_pdf(statement: AccountStatement) -> bytes:
    """The whole statement; the column heads stand on every page."""
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    out = BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=13 * mm,
        rightMargin=13 * mm,
        topMargin=15 * mm,
        bottomMargin=15 * mm,
        title=say("title"),
        author=statement.bank,
        invariant=1,
    )
    head = Table([[_text(name), _text(value)] for name, value in heading(statement)], hAlign="LEFT")
    parts: list[Flowable] = [
        Paragraph(f"{escape(statement.bank)}　{say('title')}", _TITLE),
        head,
        Spacer(1, 4 * mm),
        _entries(statement),
    ]
    document.build(parts, onFirstPage=_number, onLaterPages=_number)
    return out.getvalue()


def _entries(statement: AccountStatement) -> Flowable:
    if not statement.entries:
        return _text(say("none"))
    rows: list[list[object]] = [list(COLUMNS.values())]
    rows += [
        [
            entry.booked_on.isoformat(),
            entry.reference,
            _text(summary(entry.summary)),
            _text(entry.counterparty),
            grouped(entry.amount),
            grouped(entry.balance),
        ]
        for entry in statement.entries
    ]
    style = [
        ("FONT", (0, 0), (-1, -1), _FONT, 8),
        ("ALIGN", (4, 0), (5, -1), "RIGHT"),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.grey),
    ]
    return LongTable(rows, colWidths=_WIDTHS, repeatRows=1, style=style)


def _text(words: str) -> Paragraph:
    return Paragraph(escape(words), _TEXT)


def _number(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.setFont(_FONT, 8)
    canvas.drawRightString(A4[0] - 13 * mm, 8 * mm, say("page", page=document.page))
