"""What every bank core promises of transfers, the day's limit and purchases."""

from __future__ import annotations

import asyncio

import pytest

from bank_bridge.contract import InstructionState, Money, RefusalCode
from tests.contracts.bank_samples import DEVICE, Clock, Teller, refusal


class TransferContract:
    async def test_a_transfer_from_order_to_receipt(self, teller: Teller) -> None:
        quoted = await teller.quoted(500_00)
        assert quoted.state is InstructionState.REQUIRES_CONFIRMATION
        assert (quoted.amount, quoted.fee, quoted.payee_name) == (Money(500_00), Money(0), "李娜")
        assert (quoted.payer_tail, quoted.payee_tail) == (teller.zhangwei[-4:], teller.lina[-4:])
        confirmed = await teller.bank.confirm(quoted.instruction_id, "zhangwei", DEVICE)
        assert confirmed.state is InstructionState.REQUIRES_AUTH
        await teller.bank.challenge(quoted.instruction_id, "zhangwei")
        done = await teller.type_code(quoted.instruction_id, teller.inbox.code)
        assert done.state is InstructionState.SUCCEEDED
        assert done.balance_after == Money(9_500_00)
        assert await teller.balances() == (9_500_00, 600_00)
        assert await teller.bank.get(done.instruction_id, "zhangwei") == done
        (his, _) = await teller.bank.statement("zhangwei", teller.zhangwei, 10)
        (hers,) = await teller.bank.statement("lina", teller.lina, 1)
        assert (his.summary, his.amount, his.counterparty) == (
            "transfer_out",
            Money(-50000),
            "李娜",
        )
        assert (hers.summary, hers.amount, hers.counterparty) == (
            "transfer_in",
            Money(500_00),
            "张伟",
        )
        assert his.reference == hers.reference == done.reference
        assert (his.balance_after, hers.balance_after) == (Money(9_500_00), Money(600_00))

    async def test_the_same_key_and_order_give_the_instruction_as_it_now_is(
        self, teller: Teller
    ) -> None:
        done = await teller.done()
        assert await teller.bank.create_transfer(teller.order(), "k-1") == done
        assert await teller.balances() == (9_500_00, 600_00)

    @pytest.mark.parametrize(
        "change",
        [
            {"amount": Money(1)},
            {"memo": "rent"},
            {"device": "phone-2"},
            {"payee_id": "x"},
            {"customer": "lina"},
            {"payer_number": "1"},
        ],
        ids=str,
    )
    async def test_the_same_key_with_any_other_field_is_a_conflict(
        self, teller: Teller, change: dict[str, object]
    ) -> None:
        await teller.quoted()
        with refusal(RefusalCode.IDEMPOTENCY_CONFLICT):
            await teller.bank.create_transfer(teller.order(**change), "k-1")

    async def test_the_same_key_for_another_operation_is_a_conflict(self, teller: Teller) -> None:
        await teller.quoted()
        with refusal(RefusalCode.IDEMPOTENCY_CONFLICT):
            await teller.bank.purchase("zhangwei", "京东", Money(500_00), "k-1")

    async def test_a_refused_order_stores_nothing_and_may_be_corrected(
        self, teller: Teller
    ) -> None:
        with refusal(RefusalCode.INSUFFICIENT_FUNDS) as refused:
            await teller.quoted(10_000_01)
        assert refused.value.details == {"left": 10_000_00}
        assert (await teller.quoted(10_000_00)).amount == Money(10_000_00)

    @pytest.mark.parametrize("fen", [0, -1, 10**15, 2**70])
    async def test_an_amount_that_cannot_be_moved_is_refused(
        self, teller: Teller, fen: int
    ) -> None:
        with refusal(RefusalCode.INVALID_AMOUNT):
            await teller.quoted(fen)

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"payee_id": "nobody"}, RefusalCode.NOT_FOUND),
            ({"payer_number": "6212260000000000000"}, RefusalCode.NOT_FOUND),
            ({"customer": "lina"}, RefusalCode.NOT_FOUND),  # his payee is not hers
            ({"customer": "nobody"}, RefusalCode.NOT_FOUND),
            ({"memo": "x" * 61}, RefusalCode.INVALID_REQUEST),
            ({"memo": "a\ud800"}, RefusalCode.INVALID_REQUEST),
            ({"device": ""}, RefusalCode.INVALID_REQUEST),
        ],
        ids=str,
    )
    async def test_an_order_that_makes_no_sense_is_refused(
        self, teller: Teller, change: dict[str, object], code: RefusalCode
    ) -> None:
        with refusal(code):
            await teller.bank.create_transfer(teller.order(**change), "k-9")

    async def test_a_key_is_needed(self, teller: Teller) -> None:
        with refusal(RefusalCode.INVALID_REQUEST):
            await teller.bank.create_transfer(teller.order(), "")

    async def test_confirming_again_changes_nothing(self, teller: Teller) -> None:
        confirmed = await teller.confirmed()
        again = await teller.bank.confirm(confirmed.instruction_id, "zhangwei", "phone-2")
        assert again == confirmed

    async def test_confirming_what_is_done_gives_the_receipt_again(self, teller: Teller) -> None:
        done = await teller.done()
        assert await teller.bank.confirm(done.instruction_id, "zhangwei", DEVICE) == done

    async def test_a_cancelled_transfer_stays_cancelled(self, teller: Teller) -> None:
        waiting = await teller.challenged()
        cancelled = await teller.bank.cancel(waiting, "zhangwei")
        assert cancelled.state is InstructionState.CANCELLED
        assert await teller.bank.cancel(waiting, "zhangwei") == cancelled
        assert await teller.type_code(waiting, teller.inbox.code) == cancelled
        with refusal(RefusalCode.ILLEGAL_TRANSITION):
            await teller.bank.confirm(waiting, "zhangwei", DEVICE)
        assert await teller.balances() == (10_000_00, 100_00)

    async def test_what_is_done_cannot_be_cancelled(self, teller: Teller) -> None:
        done = await teller.done()
        with refusal(RefusalCode.ILLEGAL_TRANSITION):
            await teller.bank.cancel(done.instruction_id, "zhangwei")

    async def test_steps_cannot_be_skipped(self, teller: Teller) -> None:
        quoted = await teller.quoted()
        with refusal(RefusalCode.ILLEGAL_TRANSITION):
            await teller.bank.challenge(quoted.instruction_id, "zhangwei")
        with refusal(RefusalCode.ILLEGAL_TRANSITION):
            await teller.type_code(quoted.instruction_id, "123456")

    async def test_after_its_time_a_transfer_is_expired_whoever_asks(
        self, teller: Teller, clock: Clock
    ) -> None:
        waiting = await teller.challenged()
        clock.forward(900)
        with refusal(RefusalCode.EXPIRED):
            await teller.bank.challenge(waiting, "zhangwei")
        assert await teller.bank.current_challenge(waiting, "zhangwei") is None
        with refusal(RefusalCode.EXPIRED):
            await teller.bank.confirm(waiting, "zhangwei", DEVICE)
        with refusal(RefusalCode.EXPIRED):
            await teller.bank.cancel(waiting, "zhangwei")
        with refusal(RefusalCode.EXPIRED):
            await teller.bank.challenge(waiting, "zhangwei")
        expired = await teller.type_code(waiting, teller.inbox.code)
        assert expired.state is InstructionState.EXPIRED
        assert await teller.bank.get(waiting, "zhangwei") == expired
        assert await teller.balances() == (10_000_00, 100_00)

    async def test_looking_is_enough_to_find_it_expired(self, teller: Teller, clock: Clock) -> None:
        quoted = await teller.quoted()
        clock.forward(901)
        expired = await teller.bank.get(quoted.instruction_id, "zhangwei")
        assert expired.state is InstructionState.EXPIRED
        assert expired.finished_at == quoted.expires_at
        assert await teller.bank.create_transfer(teller.order(), "k-1") == expired

    async def test_another_customer_finds_nothing(self, teller: Teller) -> None:
        waiting = await teller.challenged()
        with refusal(RefusalCode.NOT_FOUND):
            await teller.bank.get(waiting, "lina")
        with refusal(RefusalCode.NOT_FOUND):
            await teller.bank.authorise(waiting, "lina", DEVICE, teller.inbox.code)
        with refusal(RefusalCode.NOT_FOUND):
            await teller.bank.statement("lina", teller.zhangwei, 10)

    async def test_money_spent_since_the_quote_fails_it_truthfully(self, teller: Teller) -> None:
        first = await teller.challenged(8_000_00, "k-1")
        first_code = teller.inbox.code
        await teller.done(7_000_00, "k-2")
        failed = await teller.type_code(first, first_code)
        assert failed.state is InstructionState.FAILED
        assert failed.failure is RefusalCode.INSUFFICIENT_FUNDS
        assert failed.reference is None
        assert await teller.balances() == (3_000_00, 7_100_00)
        assert await teller.type_code(first, first_code) == failed

    async def test_a_hundred_right_codes_at_once_make_one_debit(self, teller: Teller) -> None:
        waiting = await teller.challenged()
        code = teller.inbox.code
        results = await asyncio.gather(*(teller.type_code(waiting, code) for _ in range(100)))
        assert {r.state for r in results} == {InstructionState.SUCCEEDED}
        assert len({r.reference for r in results}) == 1
        assert await teller.balances() == (9_500_00, 600_00)

    async def test_a_hundred_orders_with_one_key_are_one_instruction(self, teller: Teller) -> None:
        quotes = await asyncio.gather(*(teller.quoted() for _ in range(100)))
        assert len(set(map(str, quotes))) == 1

    @pytest.mark.parametrize("limit", [0, 201])
    async def test_a_statement_has_a_limit(self, teller: Teller, limit: int) -> None:
        with refusal(RefusalCode.INVALID_REQUEST):
            await teller.bank.statement("zhangwei", teller.zhangwei, limit)

    async def test_an_unknown_customer_has_nothing(self, teller: Teller) -> None:
        assert await teller.bank.list_accounts("nobody") == []
        assert await teller.bank.list_payees("nobody") == []


class LimitContract:
    async def test_above_the_days_limit_a_stronger_proof_is_needed(self, teller: Teller) -> None:
        await teller.bank.open_account("zhangwei", Money(100_000_00), "rich")
        rich = (await teller.bank.list_accounts("zhangwei"))[1].number
        with refusal(RefusalCode.STRONGER_PROOF_NEEDED) as refused:
            await teller.bank.create_transfer(
                teller.order(50_000_01, payer_number=rich), "k-too-much"
            )
        assert refused.value.details == {"left": 50_000_00, "limit": 50_000_00}
        one = await teller.bank.create_transfer(teller.order(50_000_00, payer_number=rich), "k-1")
        two = await teller.challenged(1, "k-2")
        code = teller.inbox.code
        await teller.bank.confirm(one.instruction_id, "zhangwei", DEVICE)
        await teller.bank.challenge(one.instruction_id, "zhangwei")
        assert (await teller.type_code(one.instruction_id, teller.inbox.code)).reference
        failed = await teller.type_code(two, code)  # quoted when there was still room
        assert failed.failure is RefusalCode.STRONGER_PROOF_NEEDED
        with refusal(RefusalCode.STRONGER_PROOF_NEEDED) as refused:
            await teller.quoted(1, "k-3")
        assert refused.value.details == {"left": 0, "limit": 50_000_00}

    async def test_the_day_ends_at_the_cut_off_and_purchases_do_not_count(
        self, teller: Teller, clock: Clock
    ) -> None:
        await teller.bank.open_account("lina", Money(0), "x")
        await teller.bank.purchase("zhangwei", "京东", Money(5_000_00), "buy")
        await teller.done(1_00)
        clock.forward(11 * 3600)  # 23:00 in Shanghai
        (today,) = (e for e in await teller.bank.events(0, 99) if e.type == "transfer")
        await teller.bank.purchase("zhangwei", "京东", Money(1_00), "late")
        late = (await teller.bank.events(0, 99))[-1]
        assert (today.business_date, late.business_date) == ("2026-03-02", "2026-03-03")
