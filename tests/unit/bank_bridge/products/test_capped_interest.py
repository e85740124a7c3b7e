"""Interest that would cross a Type III account's cap goes to the bound one (bank-services §2.4)."""

from __future__ import annotations

from pathlib import Path

from bank_bridge.gateways.day_end import close_days
from bank_bridge.ledger.auditor import audit
from bank_bridge.tier_contract import TierKind
from tests.contracts.bank_core_contract_tiers import TierTeller
from tests.contracts.bank_samples import QUICK_HASH, Clock, counting_ids

from .conftest import BillTeller


async def test_check_2_interest_over_the_cap_is_paid_to_the_bound_account(
    teller: BillTeller, clock: Clock, books: Path, tmp_path: Path
) -> None:
    desk = TierTeller(teller, clock)
    await desk.opened(TierKind.TYPE_3, 2_000_00)
    clock.forward(20 * 86_400)
    await close_days(
        books, tmp_path / "heads.jsonl", now=clock, new_id=counting_ids("end"), rules=QUICK_HASH
    )
    (capped,) = await teller.bank.statement("zhangwei", desk.number, 10)
    assert capped.balance_after.fen == 2_000_00
    interest = [
        line.amount.fen
        for line in await teller.bank.statement("zhangwei", desk.rich, 10)
        if line.summary == "interest"
    ]
    assert len(interest) == 2  # its own, and the other's 0.37
    assert min(interest) == 37
    assert audit(books).clean
