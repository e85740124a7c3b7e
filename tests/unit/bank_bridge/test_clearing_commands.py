"""`elian bank clearing`: a day's file by hand, and what was found."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bank_bridge.clearing.cli import app
from bank_bridge.contract import InstructionState
from bank_bridge.counterparties.clearing import ClearingTemper
from bank_bridge.gateways.embedded import open_embedded
from tests.contracts.bank_samples import (
    DEVICE,
    QUICK_HASH,
    Clock,
    Inbox,
    Teller,
    counting_ids,
)

DAY = "2026-03-02"


def run(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(word) for word in words])
    return result.exit_code, result.output or str(result.exception)


async def unknown_transfer(bank_file: Path, clock: Clock, inbox: Inbox) -> str:
    """The id of one whose answer was lost."""
    async with open_embedded(
        bank_file,
        now=clock,
        new_id=counting_ids(),
        send_sms=inbox,
        rules=QUICK_HASH,
        temper=ClearingTemper(lose_answer=1.0),
    ) as bank:
        teller = await Teller(bank, inbox).open_doors()
        payee = await bank.save_outside_payee("zhangwei", "王芳", "6217000010001234569", "建设银行")
        made = await bank.create_transfer(teller.order(500_00, payee_id=payee.payee_id), "k-1")
        await bank.confirm(made.instruction_id, "zhangwei", DEVICE)
        await bank.challenge(made.instruction_id, "zhangwei")
        sent = await teller.type_code(made.instruction_id, inbox.code)
        assert sent.state is InstructionState.UNKNOWN
        return sent.instruction_id


async def test_a_file_ends_what_was_unknown_and_shows_what_differs(
    bank_file: Path, clock: Clock, inbox: Inbox, tmp_path: Path
) -> None:
    unknown = await unknown_transfer(bank_file, clock, inbox)
    file = tmp_path / "day.csv"
    file.write_text(f"payment_id,amount\n{unknown},500.00\nstranger,1.05\n")
    assert await _in_thread("days", "--data", bank_file) == (0, "no day was reconciled yet\n")
    code, page = await _in_thread("reconcile", DAY, file, "--data", bank_file)
    assert (code, page.splitlines()) == (
        1,
        [
            f"{DAY}: 0 matched, 1 settled, 0 given back, 1 differ",
            "  theirs_only: stranger, ours none, theirs 1.05",
        ],
    )
    code, page = await _in_thread("days", "--json", "--data", bank_file)
    assert (code, json.loads(page)[0]["settled"]) == (1, 1)
    async with open_embedded(
        bank_file, now=clock, new_id=counting_ids(), send_sms=inbox, rules=QUICK_HASH
    ) as bank:
        assert (await bank.get(unknown, "zhangwei")).state is InstructionState.SUCCEEDED


@pytest.mark.parametrize(
    "text",
    [
        "payment_id,amount\na,1.001\n",
        "payment_id,amount\na,-1\n",
        "payment_id,amount\na,x\n",
        "payment_id,amount\n,1\n",
        "id\na\n",
        "payment_id,amount\na,1\na,1\n",
    ],
)
async def test_a_file_that_cannot_be_read_is_not_taken_at_all(
    bank_file: Path, clock: Clock, inbox: Inbox, tmp_path: Path, text: str
) -> None:
    await asyncio.to_thread(bank_file.touch)
    file = tmp_path / "day.csv"
    file.write_text(text)
    code, said = await _in_thread("reconcile", DAY, file, "--data", bank_file)
    assert code == 1
    assert "line" in said or "twice" in said


async def _in_thread(*words: str | Path) -> tuple[int, str]:
    """A command has a loop of its own."""
    return await asyncio.to_thread(run, *words)
