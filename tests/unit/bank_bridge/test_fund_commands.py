"""`elian bank fund`: proposed, approved by another, with a value for a day; and what cannot be."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bank_bridge.cli import app
from bank_bridge.gateways.embedded import open_embedded
from bank_bridge.open import Rules
from tests.contracts.bank_samples import Inbox, counting_ids


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    async def found() -> None:
        opened = open_embedded(
            tmp_path / "bank.db",
            now=lambda: datetime.now(UTC),
            new_id=counting_ids(),
            send_sms=Inbox(),
            rules=Rules(),
        )
        async with opened:
            pass

    asyncio.run(found())
    return tmp_path


def run(folder: Path, line: str) -> Result:
    return CliRunner().invoke(app, ["fund", *line.split(), "--data", str(folder)])


def test_a_fund_is_sold_once_another_officer_agreed_and_has_its_days_value(folder: Path) -> None:
    assert run(folder, "propose steady 稳健债券 --risk 2 --by maker").exit_code == 0
    assert run(folder, "list").output == ""
    refused = run(folder, "approve steady --by maker")
    assert refused.exit_code == 1
    assert "ILLEGAL_TRANSITION" in refused.output
    assert run(folder, "approve steady --by checker").exit_code == 0
    assert run(folder, "nav steady 2026-03-02 1.2345").exit_code == 0
    assert run(folder, "list").output == (
        "steady  R2  from 10.00 yuan  1.2345 of 2026-03-02  稳健债券\n"
    )
    assert run(folder, "nav steady 2026-03-02 1.3").exit_code == 1  # the day has one already


@pytest.mark.parametrize("value", ["1.23456", "-1", "1e3", "one", ".5"])
def test_what_is_no_value_of_a_share_is_refused(folder: Path, value: str) -> None:
    assert run(folder, f"nav steady 2026-03-02 -- {value}").exit_code != 0
