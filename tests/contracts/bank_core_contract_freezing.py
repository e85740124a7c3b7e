"""The emergency path at any bank that offers it (bank-services §2.11): what every one promises."""

from __future__ import annotations

import asyncio

import pytest

from bank_bridge.contract import Arrival, InstructionState, Money, RefusalCode
from bank_bridge.freeze_contract import FreezeReason, Freezing
from tests.contracts.bank_samples import DEVICE, Teller, refusal

FRAUD = FreezeReason.FRAUD


class FreezeContract:
    @pytest.fixture
    async def desk(self, teller: Teller) -> Freezing:
        assert isinstance(teller.bank, Freezing)
        return teller.bank

    async def test_nothing_leaves_a_frozen_customer_s_accounts_and_money_still_comes(
        self, teller: Teller, desk: Freezing
    ) -> None:
        proven = await teller.challenged(1_00, "at-the-code")
        confirmed = (await teller.quoted(1_00, "at-the-card")).instruction_id
        case = await desk.freeze("zhangwei", FRAUD)
        assert case.account_tails == [teller.zhangwei[-4:]]
        with refusal(RefusalCode.FROZEN) as refused:
            await teller.type_code(proven, teller.inbox.code)
        assert refused.value.details == {"case": case.case}
        with refusal(RefusalCode.FROZEN):
            await teller.bank.confirm(confirmed, "zhangwei", DEVICE)
        with refusal(RefusalCode.FROZEN):
            await teller.quoted(1_00, "new")
        with refusal(RefusalCode.FROZEN):
            await teller.bank.purchase("zhangwei", "京东", Money(1_00), "till")
        payee = await teller.bank.save_payee("lina", "zhangwei")
        order = teller.order(5_00, customer="lina", payee_id=payee.payee_id)
        made = await teller.bank.create_transfer(order, "into-it")
        await teller.bank.confirm(made.instruction_id, "lina", DEVICE)
        await teller.bank.challenge(made.instruction_id, "lina")
        code = teller.inbox.code
        arrived = await teller.bank.authorise(made.instruction_id, "lina", DEVICE, code)
        assert arrived.state is InstructionState.SUCCEEDED
        assert await teller.balances() == (10_005_00, 95_00)

    async def test_what_has_not_left_yet_is_called_back(
        self, teller: Teller, desk: Freezing
    ) -> None:
        payee = await teller.bank.save_outside_payee(
            "zhangwei", "王芳", "6222020200112230335", "中国银行"
        )
        order = teller.order(20_00, payee_id=payee.payee_id, arrival=Arrival.ORDINARY)
        made = await teller.bank.create_transfer(order, "later")
        await teller.bank.confirm(made.instruction_id, "zhangwei", DEVICE)
        await teller.bank.challenge(made.instruction_id, "zhangwei")
        held = await teller.type_code(made.instruction_id, teller.inbox.code)
        assert held.state is InstructionState.HELD
        assert (await desk.freeze("zhangwei", FRAUD)).called_back == 1
        ended = await teller.bank.get(made.instruction_id, "zhangwei")
        assert ended.state is InstructionState.CANCELLED
        assert (await teller.balances())[0] == 10_000_00

    async def test_freezing_again_and_twenty_at_once_is_one_case(self, desk: Freezing) -> None:
        cases = await asyncio.gather(*(desk.freeze("zhangwei", FRAUD) for _ in range(20)))
        assert len({case.case for case in cases}) == 1
        assert list(await desk.freezes(10)) == cases[:1]
        assert await desk.frozen("lina") is None

    async def test_two_people_unfreeze_and_one_alone_does_not(
        self, teller: Teller, desk: Freezing
    ) -> None:
        case = (await desk.freeze("zhangwei", FRAUD)).case
        with refusal(RefusalCode.ILLEGAL_TRANSITION):
            await desk.approve_unfreeze(case, "wanghong")
        await desk.propose_unfreeze(case, "wanghong")
        await desk.propose_unfreeze(case, "wanghong")
        with refusal(RefusalCode.ILLEGAL_TRANSITION):
            await desk.propose_unfreeze(case, "lijun")
        with refusal(RefusalCode.STRONGER_PROOF_NEEDED):
            await desk.approve_unfreeze(case, "wanghong")
        with refusal(RefusalCode.FROZEN):
            await teller.quoted(1_00, "not-yet")
        lifted = await desk.approve_unfreeze(case, "lijun")
        assert lifted.lifted_at is not None
        assert await desk.approve_unfreeze(case, "lijun") == lifted
        assert await desk.frozen("zhangwei") is None
        assert (await teller.done(1_00, "again")).state is InstructionState.SUCCEEDED
        assert (await desk.freeze("zhangwei", FRAUD)).case != case

    async def test_who_is_not_known_is_not_frozen(self, desk: Freezing) -> None:
        with refusal(RefusalCode.NOT_FOUND):
            await desk.freeze("nobody", FRAUD)
        with refusal(RefusalCode.NOT_FOUND):
            await desk.propose_unfreeze("no-case", "wanghong")
