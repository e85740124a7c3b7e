"""Figures taken away as files: read back by other programs, and never run by them."""

from __future__ import annotations

import csv
import re
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest

from chat_server.domain.accounts.campaigns import (
    Audience,
    Campaign,
    CampaignPlan,
    CampaignState,
    HourTally,
    RecipientState,
    Tally,
)
from chat_server.domain.accounts.figures import funnel, lift, results, segments, winner
from chat_server.transport.http.campaign_sheet import csv_of, xlsx_of
from chat_server.usecases.public_accounts.campaign_figures import CampaignFigures


def figures(name: str = "五一", branch: str = "haidian") -> CampaignFigures:
    plan = CampaignPlan(name, Audience(), ["甲"])
    campaign = Campaign("c", "@service", plan, "", CampaignState.DONE, "ops", 1, 60)
    tallies = [
        Tally(0, RecipientState.CONVERTED, "", 40, "zh-CN", branch, 40, 40, 9, 40, 2, 1_234_567),
        Tally(0, RecipientState.HELD_OUT, "", 20, "zh-CN", branch),
    ]
    told = results(tallies)
    hours = [HourTally(1_770_000_000_000, "sent", 40), HourTally(1_770_000_000_000, "read", 40)]
    return CampaignFigures(
        campaign, tallies, funnel(tallies), told, winner(told), hours, segments(tallies),
        lift(tallies),
    )  # fmt: skip


def test_csv_holds_every_part_and_money_to_the_fen() -> None:
    rows = list(csv.reader(StringIO(csv_of(figures(), "en").decode("utf-8-sig"))))
    assert rows[0] == ["Campaign", "五一"]
    told = ["40", "40", "40", "9", "40", "2", "12345.67"]
    for part in (["All", ""], ["Words", "1"], ["Language", "zh-CN"], ["Branch", "haidian"]):
        assert [*part, *told] in rows
    assert ["Hour", "2026-02-02 10:00", "40", "0", "40", "0", "0", "0", "0.00"] in rows
    assert rows[6][1] == "100.00%"


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_name_that_looks_like_a_formula_stays_a_name(evil: str) -> None:
    rows = csv.reader(StringIO(csv_of(figures(evil, evil), "en").decode("utf-8-sig"), newline=""))
    for row in rows:
        assert all(not cell.startswith(("=", "+", "@", "\t", "\r")) for cell in row)
        assert all(re.fullmatch(r"-[\d.]+%", cell) for cell in row if cell.startswith("-"))
    with ZipFile(BytesIO(xlsx_of(figures(evil, evil), "zh-CN"))) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_a_workbook_has_numbers_as_numbers() -> None:
    with ZipFile(BytesIO(xlsx_of(figures(), "zh-CN"))) as book:
        assert b"<v>12345.67</v>" in book.read("xl/worksheets/sheet1.xml")
        assert "营销活动" in book.read("xl/workbook.xml").decode()
