"""Fifty fixed seeds of the simulated bank; a planted fault is found, and its seed is named."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from bank_bridge.cli import app
from bank_bridge.simulation.days import Days, Wrong
from bank_bridge.simulation.disk import WeakDisk
from bank_bridge.simulation.oracle import Oracle


@pytest.fixture
def _own_words() -> Iterator[None]:
    """The command says nothing of what it breaks; other tests' logs go on."""
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize("seed", range(50))
async def test_a_fixed_seed_finds_nothing_wrong(seed: int, tmp_path: Path) -> None:
    told = await Days(seed, tmp_path, customers=3, operations=8).run(days=2)
    assert told.entries > 0


async def test_a_seed_does_again_what_it_did(tmp_path: Path) -> None:
    told = []
    for place in ("one", "other"):
        (tmp_path / place).mkdir()
        told.append(await Days(7, tmp_path / place, customers=3, operations=10).run(days=2))
    assert told[0] == told[1]


async def test_money_that_goes_astray_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(self: Oracle, payer: str, payee: str, fen: int, today: object) -> None:
        self.holdings[payer].balance -= fen

    monkeypatch.setattr(Oracle, "transfer", lost)
    with pytest.raises(Wrong):
        await Days(1, tmp_path, customers=3, operations=20).run(days=3)


@pytest.mark.usefixtures("_own_words")
def test_the_command_names_the_seed_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Oracle, "transfer_refusal", lambda *_: None)
    done = CliRunner().invoke(app, ["simulate", "--seed", "3", "--days", "4", "--customers", "3"])
    assert done.exit_code == 1
    assert "seed 3 found a fault" in done.output
    assert "elian bank simulate --seed 3 --days 4" in done.output


@pytest.mark.usefixtures("_own_words")
def test_the_command_tells_what_a_seed_did() -> None:
    done = CliRunner().invoke(
        app, ["simulate", "--seed", "3", "--seeds", "2", "--days", "1", "--customers", "2"]
    )
    assert done.exit_code == 0, done.output
    assert "seed 3: 1 days, 1 dates closed" in done.output
    assert "seed 4" in done.output


def test_a_weak_disk_loses_commits_and_answers(tmp_path: Path) -> None:
    disk = WeakDisk(random.Random(1))
    conn = disk.connect(tmp_path / "bank.db", isolation_level=None)
    conn.execute("CREATE TABLE t (n)")
    disk.chance = 1.0
    kept = 0
    for n in range(20):
        conn.execute("BEGIN")
        conn.execute("INSERT INTO t VALUES (?)", (n,))
        with pytest.raises(sqlite3.OperationalError):
            conn.execute("COMMIT")
        if conn.in_transaction:
            conn.execute("ROLLBACK")
        else:
            kept += 1
    assert disk.faults == 20
    assert 0 < kept < 20
    assert conn.execute("SELECT COUNT(*) FROM t").fetchone() == (kept,)
    conn.close()
