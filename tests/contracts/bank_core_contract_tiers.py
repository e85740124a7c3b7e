"""Accounts of Type II and III at any bank that keeps them (bank-services §2.4, checks 1 to 3)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bank_bridge.contract import Instruction, InstructionState, Money, RefusalCode
from bank_bridge.saving_contract import DepositOrder, Savings
from bank_bridge.tier_contract import TierKind, Tiers
from tests.contracts.bank_samples import DEVICE, Clock, Teller, refusal

DONE = InstructionState.SUCCEEDED
LAST_EVENING = datetime(2026, 12, 31, 14, 59, 59, tzinfo=UTC)  # 22:59:59 in Shanghai


class TierTeller:
    """Zhang Wei with a rich Type I account and one bound to it."""

    def __init__(self, teller: Teller, clock: Clock) -> None:
        self.teller, self.bank, self.clock = teller, teller.bank, clock
        self.rich = self.number = ""
        self._made = 0

    @property
    def desk(self) -> Tiers:
        assert isinstance(self.bank, Tiers)
        return self.bank

    async def opened(self, kind: TierKind, fen: int) -> None:
        """With `fen` from the bound account on it."""
        self.rich = await self.bank.open_account("zhangwei", Money(10_000_000_00), "rich")
        tier = await self.desk.open_tier_account("zhangwei", kind, self.rich, "tier")
        self.number = tier.number
        assert (await self.paid(fen, self.rich, self.number)).state is DONE

    async def quoted(self, fen: int, payer: str = "", payee: str = "") -> Instruction:
        """To Li Na, or to one of his own."""
        payees = await self.bank.list_payees("zhangwei")
        number = payee or self.teller.lina
        saved = next(one.payee_id for one in payees if one.number == number)
        order = self.teller.order(fen, payee_id=saved, payer_number=payer or self.number)
        self._made += 1
        return await self.bank.create_transfer(order, f"paid-{self._made}")

    async def paid(self, fen: int, payer: str = "", payee: str = "") -> Instruction:
        return await self.proven(await self.quoted(fen, payer, payee))

    async def proven(self, made: Instruction) -> Instruction:
        self.clock.forward(720)  # five codes an hour
        await self.bank.confirm(made.instruction_id, "zhangwei", DEVICE)
        await self.bank.challenge(made.instruction_id, "zhangwei")
        return await self.teller.type_code(made.instruction_id, self.teller.inbox.code)


class TierContract:
    @pytest.fixture
    def desk(self, teller: Teller, clock: Clock) -> TierTeller:
        return TierTeller(teller, clock)

    async def test_check_1_type_two_ends_at_ten_thousand_a_day_but_not_to_the_bound_account(
        self, desk: TierTeller
    ) -> None:
        await desk.opened(TierKind.TYPE_2, 200_000_00)
        for fen in (6_000_00, 4_000_00):
            assert (await desk.paid(fen)).state is DONE
        with refusal(RefusalCode.LIMIT_DAY) as refused:
            await desk.quoted(1)
        assert refused.value.details == {"left": 0, "limit": 10_000_00}
        assert (await desk.paid(50_000_00, payee=desk.rich)).state is DONE
        assert isinstance(desk.bank, Savings)
        order = DepositOrder("zhangwei", DEVICE, Money(30_000_00), 12, desk.number)
        bought = await desk.bank.create_deposit(order, "own-product")
        assert (await desk.proven(bought)).state is DONE
        tier = await desk.desk.tier("zhangwei", desk.number)
        assert (tier.day_left, tier.year_left) == (Money(0), Money(190_000_00))

    async def test_check_2_type_three_never_holds_more_than_two_thousand(
        self, desk: TierTeller
    ) -> None:
        await desk.opened(TierKind.TYPE_3, 1_900_00)
        with refusal(RefusalCode.ACCOUNT_TIER_BLOCKED):
            await desk.quoted(100_01, desk.rich, desk.number)
        assert (await desk.paid(100_00, desk.rich, desk.number)).state is DONE
        with refusal(RefusalCode.LIMIT_DAY):
            await desk.quoted(2_000_01)
        assert isinstance(desk.bank, Savings)
        order = DepositOrder("zhangwei", DEVICE, Money(1_000_00), 12, desk.number)
        with refusal(RefusalCode.ACCOUNT_TIER_BLOCKED):
            await desk.bank.create_deposit(order, "no-product")

    async def test_money_from_elsewhere_comes_in_only_once_it_may(self, desk: TierTeller) -> None:
        await desk.opened(TierKind.TYPE_2, 1_00)
        other = await desk.bank.open_account("zhangwei", Money(50_000_00), "another")
        with refusal(RefusalCode.ACCOUNT_TIER_BLOCKED):
            await desk.quoted(1_00, other, desk.number)
        assert (await desk.desk.confirm_in_person("zhangwei", desk.number)).known_in_person
        assert (await desk.paid(10_000_00, other, desk.number)).state is DONE
        with refusal(RefusalCode.LIMIT_DAY):
            await desk.quoted(1, other, desk.number)

    async def test_no_more_than_five_of_a_type_and_bound_to_type_one_only(
        self, desk: TierTeller
    ) -> None:
        await desk.opened(TierKind.TYPE_2, 1_00)
        again = await desk.desk.open_tier_account("zhangwei", TierKind.TYPE_2, desk.rich, "tier")
        assert again.number == desk.number
        for place in range(4):
            kind = TierKind.TYPE_2
            await desk.desk.open_tier_account("zhangwei", kind, desk.rich, f"more-{place}")
        with refusal(RefusalCode.LIMIT_SINGLE):
            await desk.desk.open_tier_account("zhangwei", TierKind.TYPE_2, desk.rich, "sixth")
        with refusal(RefusalCode.ACCOUNT_TIER_BLOCKED):
            await desk.desk.open_tier_account("zhangwei", TierKind.TYPE_3, desk.number, "chain")
        with refusal(RefusalCode.NOT_FOUND):
            await desk.desk.open_tier_account("lina", TierKind.TYPE_2, desk.rich, "another's")
        with refusal(RefusalCode.NOT_FOUND):
            await desk.desk.tier("zhangwei", desk.rich)

    async def test_check_3_the_year_s_counter_ends_with_the_business_year(
        self, desk: TierTeller
    ) -> None:
        desk.clock.moment = datetime(2026, 12, 11, 4, 0, tzinfo=UTC)
        await desk.opened(TierKind.TYPE_2, 300_000_00)
        for _ in range(20):
            assert (await desk.paid(10_000_00)).state is DONE
            desk.clock.forward(86_400 - 720)
        desk.clock.moment = LAST_EVENING
        with refusal(RefusalCode.LIMIT_YEAR) as refused:
            await desk.quoted(1)
        assert refused.value.details["left"] == 0
        desk.clock.forward(1)  # the cut-off: what is posted from here on is of the next year
        assert (await desk.paid(1)).state is DONE
