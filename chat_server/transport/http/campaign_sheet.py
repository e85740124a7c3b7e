"""A campaign's figures as a table to take away: CSV, and XLSX for office programs.

One table for both: each row is a part (all, a variant, a segment, an hour) with the people
who took each step. A text that a spreadsheet would take for a formula stays a text: in CSV
it begins with an apostrophe (OWASP, CSV injection), in XLSX its cell is one of text.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO, StringIO
from zoneinfo import ZoneInfo

import xlsxwriter

from chat_server.domain.accounts.figures import OTHERS, Funnel, SegmentResult, VariantResult
from chat_server.transport.http.words import WORDS
from chat_server.usecases.public_accounts.campaign_figures import CampaignFigures

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_COLUMNS = ("part", "value", "sent", "delivered", "read", "clicked", "converted", "left", "revenue")
_STEPS = _COLUMNS[2:8]
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_SHANGHAI = ZoneInfo("Asia/Shanghai")

Cell = str | int | Decimal
Row = Sequence[Cell]


def csv_of(figures: CampaignFigures, language: str) -> bytes:
    """With a byte order mark, without which office programs do not take it for UTF-8."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    for row in (*_heading(figures, language), (), *_table(figures, language)):
        writer.writerow([_plain(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def xlsx_of(figures: CampaignFigures, language: str) -> bytes:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet(WORDS[language]["sheet_title"])
        money = book.add_format({"num_format": "#,##0.00"})
        bold = book.add_format({"bold": True})
        sheet.set_column(0, len(_COLUMNS) - 1, 16)
        heading = _heading(figures, language)
        for place, row in enumerate((*heading, (), *_table(figures, language))):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    head = place == len(heading) + 1
                    sheet.write_string(place, column, cell, bold if head else None)
                else:
                    form = money if isinstance(cell, Decimal) else None
                    sheet.write_number(place, column, cell, form)
        sheet.freeze_panes(len(heading) + 2, 0)
    return out.getvalue()


def _heading(figures: CampaignFigures, language: str) -> list[Row]:
    words, funnel = WORDS[language], figures.funnel
    counted = ("enrolled", "held_out", "suppressed", "failed", "queued")
    rows: list[Row] = [
        (words["sheet_name"], figures.campaign.plan.name),
        *((words[f"sheet_{name}"], getattr(funnel, name)) for name in counted),
    ]
    if figures.lift is not None:
        told = [_percent(each) for each in (figures.lift.difference, figures.lift.low)]
        rows.append((words["sheet_lift"], *told, _percent(figures.lift.high)))
    return rows


def _table(figures: CampaignFigures, language: str) -> Iterable[Row]:
    words = WORDS[language]
    yield [words[f"sheet_{name}"] for name in _COLUMNS]
    yield _row(words["sheet_all"], "", figures.funnel)
    for one in figures.variants:
        yield _row(words["sheet_variant"], str(one.variant + 1), one)
    for segment in figures.segments:
        value = words["sheet_others"] if segment.value == OTHERS else segment.value
        yield _row(words[f"sheet_{segment.kind}"], value, segment)
    hours: dict[int, dict[str, int]] = {}
    revenue: dict[int, int] = {}
    for each in figures.hours:
        hours.setdefault(each.hour_ms, {})[each.step] = each.count
        revenue[each.hour_ms] = revenue.get(each.hour_ms, 0) + each.revenue
    for hour, counts in sorted(hours.items()):
        begun = datetime.fromtimestamp(hour / 1000, _SHANGHAI).strftime("%Y-%m-%d %H:00")
        told = [counts.get(step, 0) for step in _STEPS]
        yield words["sheet_hour"], begun, *told, _yuan(revenue[hour])


def _row(part: str, value: str, one: Funnel | VariantResult | SegmentResult) -> Row:
    return (
        part,
        value,
        one.sent,
        one.delivered,
        one.read,
        one.clicked,
        one.converted,
        one.unsubscribed,
        _yuan(one.revenue),
    )


def _yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)


def _percent(share: float) -> str:
    return f"{share:.2%}"


def _plain(cell: Cell) -> Cell:
    dangerous = isinstance(cell, str) and cell.startswith(_FORMULA) and not _is_percent(cell)
    return f"'{cell}" if dangerous else cell


def _is_percent(cell: str) -> bool:
    """A negative difference of our own, which is a number and no formula."""
    return cell.endswith("%") and cell[1:-1].replace(".", "", 1).isdigit()
