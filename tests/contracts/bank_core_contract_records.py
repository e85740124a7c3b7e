"""What every bank core promises of enrolment and of what it tells the world."""

from __future__ import annotations

import pytest
from stdnum import luhn

from bank_bridge.contract import InstructionState, Money, RefusalCode
from tests.contracts.bank_samples import Teller, refusal


class EnrolmentContract:
    async def test_enrolling_twice_with_the_same_facts_changes_nothing(
        self, teller: Teller
    ) -> None:
        await teller.bank.enrol("zhangwei", "张伟", "13800138000")
        assert [a.holder for a in await teller.bank.list_accounts("zhangwei")] == ["张伟"]

    @pytest.mark.parametrize(
        ("customer", "name", "phone"),
        [
            ("zhangwei", "张威", "13800138000"),
            ("zhangwei", "张伟", "13800138009"),
            ("other", "张伟", "13800138000"),
        ],
    )
    async def test_other_facts_about_a_known_customer_are_refused(
        self, teller: Teller, customer: str, name: str, phone: str
    ) -> None:
        with refusal(RefusalCode.ALREADY_EXISTS):
            await teller.bank.enrol(customer, name, phone)

    @pytest.mark.parametrize(
        ("customer", "name", "phone"),
        [
            ("", "A", "13800138009"),
            ("a", "", "13800138009"),
            ("a", "A", "call me"),
            ("a\n", "A", ""),
        ],
    )
    async def test_malformed_facts_are_refused(
        self, teller: Teller, customer: str, name: str, phone: str
    ) -> None:
        with refusal(RefusalCode.INVALID_REQUEST):
            await teller.bank.enrol(customer, name, phone)

    async def test_an_account_number_is_luhn_valid_and_the_deposit_is_on_it(
        self, teller: Teller
    ) -> None:
        assert len(teller.zhangwei) == 19
        assert luhn.is_valid(teller.zhangwei)
        assert await teller.balances() == (10_000_00, 100_00)
        (line,) = await teller.bank.statement("zhangwei", teller.zhangwei, 10)
        assert (line.summary, line.amount) == ("opening_deposit", Money(10_000_00))

    async def test_opening_an_account_again_with_its_key_gives_the_same_account(
        self, teller: Teller
    ) -> None:
        again = await teller.bank.open_account("zhangwei", Money(10_000_00), "open-zhangwei")
        assert again == teller.zhangwei
        assert await teller.balances() == (10_000_00, 100_00)

    async def test_a_second_account_may_be_opened_empty_and_is_not_the_default(
        self, teller: Teller
    ) -> None:
        second = await teller.bank.open_account("zhangwei", Money(0), "second")
        accounts = await teller.bank.list_accounts("zhangwei")
        assert [a.number for a in accounts] == [teller.zhangwei, second]
        assert await teller.bank.statement("zhangwei", second, 1) == []

    async def test_an_account_is_refused_to_strangers_and_with_a_debt(self, teller: Teller) -> None:
        with refusal(RefusalCode.NOT_FOUND):
            await teller.bank.open_account("nobody", Money(1), "k")
        with refusal(RefusalCode.INVALID_AMOUNT):
            await teller.bank.open_account("lina", Money(-1), "k")

    async def test_a_payee_saved_twice_is_one_payee(self, teller: Teller) -> None:
        assert await teller.bank.save_payee("zhangwei", "lina") == teller.payee
        assert await teller.bank.list_payees("zhangwei") == [teller.payee]
        (hers,) = await teller.bank.list_accounts("lina")
        assert teller.payee.tail == hers.tail == teller.lina[-4:]

    async def test_nobody_is_their_own_payee_and_strangers_are_none(self, teller: Teller) -> None:
        with refusal(RefusalCode.SAME_ACCOUNT):
            await teller.bank.save_payee("lina", "lina")
        with refusal(RefusalCode.NOT_FOUND):
            await teller.bank.save_payee("lina", "nobody")
        with refusal(RefusalCode.NOT_FOUND):
            await teller.bank.save_payee("nobody", "lina")


class EventsContract:
    async def test_both_sides_are_told_and_the_recommender_learns_a_band(
        self, teller: Teller
    ) -> None:
        before = await teller.bank.events(0, 1000)
        done = await teller.done(500_00)
        told = await teller.bank.events(before[-1].position, 1000)
        assert [(e.type, e.customer, e.amount) for e in told] == [
            ("posting", "zhangwei", Money(-500_00)),
            ("posting", "lina", Money(500_00)),
            ("transfer", "zhangwei", None),
        ]
        envelope = told[-1]
        assert envelope.amount_band == "500-1999"
        assert (envelope.product, envelope.counterparty) == ("in_bank_transfer", "")
        assert {e.trace_id for e in told} == {done.instruction_id}
        assert len({e.event_id for e in told}) == 3
        assert [e.position for e in told] == [before[-1].position + n for n in (1, 2, 3)]

    async def test_a_purchase_debits_once_and_is_told_as_a_purchase(self, teller: Teller) -> None:
        bought = await teller.bank.purchase("zhangwei", "京东", Money(328_00), "buy-1")
        assert bought.state is InstructionState.SUCCEEDED
        assert await teller.bank.purchase("zhangwei", "京东", Money(328_00), "buy-1") == bought
        assert (await teller.balances())[0] == 9_672_00
        told = (await teller.bank.events(0, 1000))[-2:]
        assert [(e.type, e.customer, e.amount_band) for e in told] == [
            ("posting", "zhangwei", "100-499"),
            ("purchase", "zhangwei", "100-499"),
        ]
        assert {e.product for e in told} == {"retail"}
        (line,) = await teller.bank.statement("zhangwei", teller.zhangwei, 1)
        assert (line.summary, line.counterparty) == ("purchase", "京东")

    async def test_a_purchase_beyond_the_balance_is_refused_and_leaves_nothing(
        self, teller: Teller
    ) -> None:
        with refusal(RefusalCode.INSUFFICIENT_FUNDS):
            await teller.bank.purchase("zhangwei", "京东", Money(10_000_01), "buy-1")
        assert (await teller.balances())[0] == 10_000_00
        again = await teller.bank.purchase("zhangwei", "京东", Money(99_99), "buy-1")
        assert again.amount == Money(99_99)
        assert (await teller.bank.events(0, 1000))[-1].amount_band == "<100"

    async def test_malformed_purchases_are_refused(self, teller: Teller) -> None:
        with refusal(RefusalCode.NOT_FOUND):
            await teller.bank.purchase("nobody", "京东", Money(1), "b")
        with refusal(RefusalCode.INVALID_REQUEST):
            await teller.bank.purchase("zhangwei", "", Money(1), "b")
        with refusal(RefusalCode.INVALID_AMOUNT):
            await teller.bank.purchase("zhangwei", "京东", Money(0), "b")
        with refusal(RefusalCode.INVALID_REQUEST):
            await teller.bank.purchase("zhangwei", "京东", Money(1), "b", "not a category")

    async def test_events_are_read_on_from_a_position(self, teller: Teller) -> None:
        first = await teller.bank.events(0, 1)
        assert [e.position for e in first] == [1]
        assert [e.position for e in await teller.bank.events(1, 1)] == [2]
        assert await teller.bank.events(10**6, 10) == []
        with refusal(RefusalCode.INVALID_REQUEST):
            await teller.bank.events(0, 0)
