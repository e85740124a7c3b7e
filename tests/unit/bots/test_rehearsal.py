"""A short rehearsal: generated customers, a real bank, and the ledger as the judge."""

from __future__ import annotations

import pytest

from bank_bridge.contract import Money
from bank_bridge.open import Rules, open_bank
from bots.cli import app
from bots.open import open_bots
from bots.rehearsal.judge import Rehearsal, Verdict, report
from bots.rehearsal.wording import _chinese
from bots.rehearsal.world import World
from bots.understanding.numerals import read_number

SEED, DIALOGUES = 20261123, 100


@pytest.fixture
async def rehearsal(tmp_path):
    world = World()
    async with open_bank(
        f"embedded://{tmp_path}/bank.db",
        now=world.now,
        new_id=world.new_id,
        send_sms=world.send_sms,
        rules=Rules(code_hash_memory_kib=8),
    ) as bank:
        made = Rehearsal(
            bank,
            lambda: open_bots(bank).bot,
            world.now,
            world.pass_time,
            world.text_of,
            customers=40,
        )
        await made.prepare()
        yield made


async def test_money_moves_only_as_confirmed_and_once_and_frames_are_exact(rehearsal):
    verdict = await rehearsal.play(SEED, DIALOGUES)
    assert verdict.passed, report(verdict, SEED, 3)
    assert verdict.paid > DIALOGUES / 2
    assert verdict.frames > verdict.paid  # some were corrected or cancelled


async def test_the_judge_sees_money_that_nobody_agreed_to(rehearsal):
    """A bot that presses the buttons itself is caught by the ledger."""
    bank = rehearsal.bank

    class Thief:
        def __init__(self, bot):
            self._bot = bot

        async def take(self, turn):
            if turn.key.endswith(":1"):
                await bank.purchase(turn.customer, "shop", Money(1), turn.key)
            return await self._bot.take(turn)

    thieving = Rehearsal(
        bank,
        lambda: Thief(open_bots(bank).bot),
        rehearsal.now,
        rehearsal.pass_time,
        rehearsal.text_of,
    )
    verdict = Verdict()
    await thieving.play_one("thief", 0, verdict)
    assert len(verdict.unequal) == 1
    assert "ledger differs" in report(verdict, 0, 1)


@pytest.mark.parametrize("number", [5, 10, 15, 66, 101, 110, 305, 1001, 1010, 1314, 20_000, 20_050])
def test_the_customers_write_numerals_that_say_their_value(number):
    assert read_number(_chinese(number)) == number


def test_figures_are_printed_by_a_command(capsys):
    with pytest.raises(SystemExit) as end:
        app(["figures"])
    assert not end.value.code
    assert "wrong values: 0" in capsys.readouterr().out


def test_a_folder_without_the_public_cases_is_told(tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        app(["evaluate", "--dataset", "recognizers", str(tmp_path)])
    assert end.value.code == 2
    assert "not read" in capsys.readouterr().err
