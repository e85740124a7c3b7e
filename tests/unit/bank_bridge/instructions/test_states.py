"""The states move as bank-services §1.3 says, one version at a time."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bank_bridge.contract import InstructionState as State
from bank_bridge.contract import Money, RefusalCode
from bank_bridge.instructions.records import advance, find
from bank_bridge.instructions.states import FINISHED, OPEN, TRANSITIONS
from bank_bridge.ledger.stops import stop_writes
from tests.contracts.bank_samples import Clock, Teller, refusal


def test_every_state_is_in_the_table() -> None:
    assert set(TRANSITIONS) == set(State)
    assert {
        State.CREATED,
        State.QUOTED,
        State.REQUIRES_CONFIRMATION,
        State.REQUIRES_AUTH,
    } == OPEN


def test_an_answer_given_is_only_ever_reversed() -> None:
    for state in FINISHED:
        assert TRANSITIONS[state] <= {State.PARTLY_REVERSED, State.REVERSED}


async def test_each_step_is_in_the_history(teller: Teller, bank_file: Path) -> None:
    done = await teller.done()
    with closing(sqlite3.connect(bank_file)) as conn:
        steps = conn.execute(
            "SELECT version, to_state FROM instruction_history WHERE instruction_id = ?"
            " ORDER BY version",
            (done.instruction_id,),
        ).fetchall()
    assert steps == list(
        enumerate(
            [
                "CREATED",
                "QUOTED",
                "REQUIRES_CONFIRMATION",
                "REQUIRES_AUTH",
                "AUTHORISED",
                "HELD",
                "SUBMITTED",
                "SUCCEEDED",
            ],
            start=1,
        )
    )
    assert done.version == 8


async def test_of_two_moves_from_one_version_only_one_is_made(
    teller: Teller, bank_file: Path
) -> None:
    waiting = await teller.confirmed()
    with closing(sqlite3.connect(bank_file, isolation_level=None)) as conn:
        record = find(conn, waiting.instruction_id, "zhangwei")
        advance(conn, record, [State.CANCELLED], 1)
        with refusal(RefusalCode.ILLEGAL_TRANSITION):
            advance(conn, record, [State.AUTHORISED], 1)
        assert find(conn, waiting.instruction_id, "zhangwei").state is State.CANCELLED


async def test_a_step_out_of_order_is_a_security_event(teller: Teller) -> None:
    quoted = await teller.quoted()
    with capture_logs() as logs, refusal(RefusalCode.ILLEGAL_TRANSITION):
        await teller.type_code(quoted.instruction_id, "123456")
    (event,) = [entry for entry in logs if entry["event"] == "illegal_transition"]
    assert event["instruction"] == quoted.instruction_id


async def test_logs_and_file_never_hold_the_code(
    teller: Teller, bank_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    waiting = await teller.challenged()
    for path in bank_file.parent.iterdir():
        assert f'"{teller.inbox.code}"'.encode() not in path.read_bytes()
    with refusal(RefusalCode.AUTH_FAILED):
        await teller.type_code(waiting, teller.inbox.wrong_code)
    out = "".join(capsys.readouterr())
    assert teller.inbox.code not in out
    assert "13800138000" not in out


async def test_a_stopped_bank_still_says_what_is_expired(
    teller: Teller, bank_file: Path, clock: Clock
) -> None:
    quoted = await teller.quoted()
    with closing(sqlite3.connect(bank_file, isolation_level=None)) as conn:
        stop_writes(conn, "a test", 1)
    clock.forward(900)
    seen = await teller.bank.get(quoted.instruction_id, "zhangwei")
    assert (seen.state, seen.version) == (State.EXPIRED, quoted.version + 1)
    with refusal(RefusalCode.WRITES_STOPPED):
        await teller.bank.purchase("zhangwei", "京东", Money(1), "k")
    assert await teller.balances() == (10_000_00, 100_00)


def test_money_is_shown_in_yuan() -> None:
    assert str(Money(5) - Money(123_410)) == "-1234.05"
    assert str(Money(1) + Money(99)) == "1.00"
