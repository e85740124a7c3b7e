"""A bank killed at any statement wakes up with no debit or one, and says which."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bank_bridge.contract import InstructionState, Money
from bank_bridge.gateways.day_end import close_days
from bank_bridge.gateways.embedded import EmbeddedBank, open_embedded
from bank_bridge.ledger.auditor import audit
from bank_bridge.ledger.heads import Head, read_heads
from tests.contracts.bank_samples import NOON, QUICK_HASH, Clock, Inbox, Teller, counting_ids

CHILD = Path(__file__).parent / "bank_crash_child.py"
ROOT = Path(__file__).parents[3]


def opened(
    file: Path, inbox: Inbox, ids: str = "", clock: Clock | None = None
) -> AbstractAsyncContextManager[EmbeddedBank]:
    made = counting_ids()
    return open_embedded(
        file, now=clock or Clock(), new_id=lambda: ids + made(), send_sms=inbox, rules=QUICK_HASH
    )


def killed_at_every_statement(folder: Path, *words: str, moment: datetime = NOON) -> list[Path]:
    """The files that the killed processes left, in order; the last one had its answer."""
    subprocess.run(
        [sys.executable, CHILD, folder, moment.isoformat(), *words],
        check=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        timeout=120,
    )
    left = [p for p in folder.iterdir() if p.name.isdigit()]
    return [p / "bank.db" for p in sorted(left, key=lambda p: int(p.name))]


def log_size(file: Path) -> int:
    return Path(f"{file}-wal").stat().st_size


@pytest.mark.crash
async def test_a_transfer_killed_at_any_statement_is_done_once_or_not_at_all(
    tmp_path: Path, inbox: Inbox
) -> None:
    (tmp_path / "start").mkdir()
    async with opened(tmp_path / "start" / "bank.db", inbox) as bank:
        waiting = await (await Teller(bank, inbox).open_doors()).challenged(500_00)
    files = killed_at_every_statement(tmp_path, "authorise", waiting, inbox.code)
    assert len(files) > 20
    debited = []
    for file in files:
        async with opened(file, inbox, "after-") as bank:
            found = await bank.get(waiting, "zhangwei")
            balances = await Teller(bank, inbox).balances()
            if found.state is InstructionState.SUCCEEDED:
                assert balances == (9_500_00, 600_00)
            else:
                assert found.state is InstructionState.REQUIRES_AUTH
                assert balances == (10_000_00, 100_00)
            debited.append(found.reference is not None)
            # The customer, not knowing, types the code again: one debit, whatever was before.
            again = await bank.authorise(waiting, "zhangwei", "phone-1", inbox.code)
            assert again.state is InstructionState.SUCCEEDED
            assert await Teller(bank, inbox).balances() == (9_500_00, 600_00)
            told = [e.type for e in await bank.events(2, 100)]
            assert told == ["posting", "posting", "transfer"]
        report = audit(file)
        assert report.clean, report.page()
    assert debited == sorted(debited)
    assert (debited[0], debited[-1]) == (False, True)


@pytest.mark.crash
async def test_a_purchase_killed_at_any_statement_and_sent_again_is_one_debit(
    tmp_path: Path, inbox: Inbox
) -> None:
    (tmp_path / "start").mkdir()
    async with opened(tmp_path / "start" / "bank.db", inbox) as bank:
        await Teller(bank, inbox).open_doors()
    for file in killed_at_every_statement(tmp_path, "purchase", "buy-1", "32800"):
        async with opened(file, inbox, "after-") as bank:
            assert (await Teller(bank, inbox).balances())[0] in {10_000_00, 9_672_00}
            await bank.purchase("zhangwei", "京东", Money(328_00), "buy-1")
            assert (await Teller(bank, inbox).balances())[0] == 9_672_00
        assert audit(file).clean


@pytest.mark.crash
async def test_a_transfer_to_another_bank_killed_at_any_statement_is_one_debit_or_none(
    tmp_path: Path, inbox: Inbox
) -> None:
    """Sending is two commits: killed between them, it is inquired for and never sent again."""
    (tmp_path / "start").mkdir()
    async with opened(tmp_path / "start" / "bank.db", inbox) as bank:
        teller = await Teller(bank, inbox).open_doors()
        payee = await bank.save_outside_payee("zhangwei", "王芳", "6217000010001234569", "建设银行")
        order = teller.order(500_00, payee_id=payee.payee_id)
        waiting = (await bank.create_transfer(order, "k-1")).instruction_id
        await bank.confirm(waiting, "zhangwei", "phone-1")
        await bank.challenge(waiting, "zhangwei")
    states = set()
    files = killed_at_every_statement(tmp_path, "authorise", waiting, inbox.code)
    for file in [*files[:-1:3], files[-1]]:
        clock = Clock()
        async with opened(file, inbox, "after-", clock) as bank:
            states.add((await bank.get(waiting, "zhangwei")).state)
            for _ in range(2):  # the customer types the code again; the bank does its chores
                await bank.authorise(waiting, "zhangwei", "phone-1", inbox.code)
                clock.forward(10)
                await bank.run_due()
            found = await bank.get(waiting, "zhangwei")
            assert found.state is InstructionState.SUCCEEDED
            assert await Teller(bank, inbox).balances() == (9_500_00, 100_00)
        report = audit(file)
        assert report.clean, report.page()
    assert states == {
        InstructionState.REQUIRES_AUTH,
        InstructionState.HELD,
        InstructionState.SUBMITTED,
        InstructionState.SUCCEEDED,
    }


@pytest.mark.crash
async def test_a_day_end_killed_anywhere_goes_on_and_pays_interest_once(
    tmp_path: Path, inbox: Inbox
) -> None:
    (tmp_path / "start").mkdir()
    start = tmp_path / "start" / "bank.db"
    clock = Clock(datetime(2026, 3, 20, 4, tzinfo=UTC))
    async with open_embedded(
        start, now=clock, new_id=counting_ids(), send_sms=inbox, rules=QUICK_HASH
    ) as bank:
        await Teller(bank, inbox).open_doors()
    clock.forward(86_400)

    async def end(file: Path, ids: str) -> list[Head]:
        heads, new_id = file.parent / "heads.jsonl", counting_ids(ids)
        await close_days(file, heads, now=clock, new_id=new_id, rules=QUICK_HASH)
        return read_heads(heads)

    assert len(await end(start, "before")) == 1
    clock.forward(86_400)  # what is left is the 21st, when interest is paid
    states = set()
    for file in killed_at_every_statement(tmp_path, "end_day", moment=clock()):
        heads = await end(file, "after")
        report = audit(file, heads)
        assert report.clean, report.page()
        async with opened(file, inbox, "look-") as bank:
            states.add((len(heads), report.entries, *await Teller(bank, inbox).balances()))
    assert states == {(2, 3, 10_000_10, 100_00)}


async def test_a_log_torn_anywhere_leaves_no_half_transfer(tmp_path: Path, inbox: Inbox) -> None:
    """As when power goes: only some of the last pages reached the disk."""
    (tmp_path / "live").mkdir()
    live = tmp_path / "live" / "bank.db"
    async with opened(live, inbox) as bank:
        waiting = await (await Teller(bank, inbox).open_doors()).challenged(500_00)
        whole = log_size(live)
        await bank.authorise(waiting, "zhangwei", "phone-1", inbox.code)
        shutil.copytree(live.parent, tmp_path / "kept")
    written = log_size(tmp_path / "kept" / "bank.db")
    assert written > whole
    for cut in [*range(whole, written, 3_000), written]:
        torn = tmp_path / str(cut)
        shutil.copytree(tmp_path / "kept", torn)
        (torn / "bank.db-shm").unlink()
        with (torn / "bank.db-wal").open("r+b") as log:
            log.truncate(cut)
        async with opened(torn / "bank.db", inbox) as bank:
            found = await bank.get(waiting, "zhangwei")
            balances = await Teller(bank, inbox).balances()
            if cut == written:
                assert found.state is InstructionState.SUCCEEDED
            expected = (9_500_00, 600_00) if found.reference else (10_000_00, 100_00)
            assert balances == expected
        assert audit(torn / "bank.db").clean
