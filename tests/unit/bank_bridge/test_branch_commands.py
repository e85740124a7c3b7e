"""`elian bank branch`: a key granted, a freeze lifted by two."""

from __future__ import annotations

import asyncio
from pathlib import Path

from typer.testing import CliRunner

from bank_bridge.branch.cli import app
from bank_bridge.device_contract import KeyOrder
from bank_bridge.freeze_contract import FreezeReason
from bank_bridge.gateways.embedded import open_embedded
from tests.contracts.bank_samples import DEVICE, QUICK_HASH, Clock, Inbox, Teller, counting_ids


async def run(*words: str | Path) -> tuple[int, str]:
    arguments = [str(word) for word in words]
    result = await asyncio.to_thread(CliRunner().invoke, app, arguments)
    return result.exit_code, result.output


async def test_a_branch_grants_a_key_and_two_officers_lift_a_freeze(
    bank_file: Path, clock: Clock, inbox: Inbox
) -> None:
    async with open_embedded(
        bank_file, now=clock, new_id=counting_ids(), send_sms=inbox, rules=QUICK_HASH
    ) as bank:
        await Teller(bank, inbox).open_doors()
        assert (await run("grant-key", "zhangwei", "--data", bank_file))[0] == 0
        await bank.create_device_key(KeyOrder("zhangwei", DEVICE, "手机"), "k")
        case = (await bank.freeze("zhangwei", FreezeReason.FRAUD)).case
        at = ("--data", bank_file)
        assert f"{case}  zhangwei  fraud" in (await run("frozen", *at))[1]
        assert (await run("approve-unfreeze", case, "--by", "b", *at))[0] == 1
        assert (await run("unfreeze", case, "--by", "a", *at))[0] == 0
        assert "a proposes" in (await run("frozen", *at))[1]
        assert (await run("approve-unfreeze", case, "--by", "a", *at))[0] == 1
        assert (await run("approve-unfreeze", case, "--by", "b", *at))[0] == 0
        assert await run("frozen", *at) == (0, "")


async def test_a_branch_opens_an_account_of_type_two(
    bank_file: Path, clock: Clock, inbox: Inbox
) -> None:
    async with open_embedded(
        bank_file, now=clock, new_id=counting_ids(), send_sms=inbox, rules=QUICK_HASH
    ) as bank:
        teller = await Teller(bank, inbox).open_doors()
        at = ("--data", bank_file)
        code, number = await run("open-account", "zhangwei", "--bound", teller.zhangwei, *at)
        assert code == 0
        assert (await run("confirm-in-person", "zhangwei", number.strip(), *at))[0] == 0
        assert (await bank.tier("zhangwei", number.strip())).known_in_person


async def test_who_is_not_there_is_told_so(tmp_path: Path) -> None:
    assert (await run("frozen", "--data", tmp_path))[0] == 2
