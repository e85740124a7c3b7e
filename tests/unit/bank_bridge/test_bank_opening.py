"""A bank is opened by its URL, and its commands work on the same file."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bank_bridge.cli import app
from bank_bridge.contract import BankError, Money
from bank_bridge.ledger.stops import stop_reason, stop_writes
from bank_bridge.open import Rules, open_bank
from tests.contracts.bank_samples import Clock, Inbox, Teller, counting_ids

run = CliRunner().invoke


@pytest.mark.parametrize("url", ["ftp://core.bank/api", "bank.db", ""])
def test_a_wrong_scheme_names_the_right_ones(url: str, clock: Clock, inbox: Inbox) -> None:
    with pytest.raises(BankError, match="is not one of embedded"):
        open_bank(url, now=clock, new_id=counting_ids(), send_sms=inbox)


def test_a_path_is_needed(clock: Clock, inbox: Inbox) -> None:
    with pytest.raises(BankError, match="path"):
        open_bank("embedded://", now=clock, new_id=counting_ids(), send_sms=inbox)


@pytest.mark.parametrize("query", ["seed=x", "lose_all=1"])
def test_a_temper_is_checked(query: str, clock: Clock, inbox: Inbox, bank_file: Path) -> None:
    url = f"embedded://{bank_file}?{query}"
    with pytest.raises(BankError, match="BANK_URL"):
        open_bank(url, now=clock, new_id=counting_ids(), send_sms=inbox)


async def test_what_was_written_is_there_when_opened_again(
    bank_file: Path, clock: Clock, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(bank_file.parent)
    for url in (f"embedded://{bank_file}", "embedded://bank.db"):
        async with open_bank(
            url, now=clock, new_id=counting_ids(), send_sms=inbox, rules=Rules()
        ) as bank:
            await bank.enrol("zhangwei", "张伟", "13800138000")
            number = await bank.open_account("zhangwei", Money(5), "k")
    assert (await bank_of(bank_file, clock, inbox)) == number


async def bank_of(bank_file: Path, clock: Clock, inbox: Inbox) -> str:
    async with open_bank(
        f"embedded://{bank_file}", now=clock, new_id=counting_ids(), send_sms=inbox
    ) as bank:
        (account,) = await bank.list_accounts("zhangwei")
        return account.number


async def test_an_audit_beside_a_running_bank(teller: Teller, bank_file: Path) -> None:
    await teller.done()
    folder = str(bank_file.parent)
    page = run(app, ["audit", "--data", folder])
    assert (page.exit_code, "the books are right" in page.output) == (0, True)
    report = json.loads(run(app, ["audit", "--data", folder, "--json"]).output)
    assert (report["entries"], report["violations"]) == (3, [])
    assert teller.zhangwei not in page.output


async def test_an_audit_of_wrong_books_ends_with_1(teller: Teller, bank_file: Path) -> None:
    with closing(sqlite3.connect(bank_file)) as conn:
        conn.execute("UPDATE accounts SET credits_posted = credits_posted + 1")
        conn.commit()
    folder = str(bank_file.parent)
    assert run(app, ["audit", "--data", folder]).exit_code == 1
    assert run(app, ["resume", "--data", folder]).exit_code == 1


def test_an_audit_of_nothing_ends_with_2(tmp_path: Path) -> None:
    assert run(app, ["audit", "--data", str(tmp_path)]).exit_code == 2


async def test_a_stopped_bank_goes_on_when_its_books_are_right(
    teller: Teller, bank_file: Path
) -> None:
    folder = str(bank_file.parent)
    assert "not stopped" in run(app, ["resume", "--data", folder]).output
    with closing(sqlite3.connect(bank_file, isolation_level=None)) as conn:
        stop_writes(conn, "L1: a test", 1)
        assert stop_reason(conn) == "L1: a test"
    assert "L1: a test" in run(app, ["audit", "--data", folder]).output
    assert run(app, ["resume", "--data", folder]).exit_code == 0
    assert (await teller.done()).reference is not None
