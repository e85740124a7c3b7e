"""The products' windows: the ports of `product_contract`, each method handed to its counter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bank_bridge.contract import Instruction
from bank_bridge.fund_contract import (
    Fund,
    FundOrder,
    FundRedemption,
    Holding,
    NewFund,
    PlacedFundOrder,
    RiskProfile,
    RiskQuestion,
)
from bank_bridge.instructions.office import Office
from bank_bridge.product_contract import (
    Bill,
    BillCategory,
    BillChannel,
    BillerDay,
    BillerLine,
    BillItem,
    BillOrder,
    BillPayment,
    DebitAgreement,
    DebitOrder,
    Epay,
    EpayOrder,
    Gift,
    GiftOrder,
    NewBiller,
    NewItem,
    SavedBill,
    UploadedBill,
)
from bank_bridge.products.bills.agreements import BillAgreements
from bank_bridge.products.bills.billers import BillerCounter
from bank_bridge.products.bills.figures import SHIPPED
from bank_bridge.products.bills.links import BillerLink, BillerLinks
from bank_bridge.products.bills.notices import BillNotices
from bank_bridge.products.bills.paying import BillCounter
from bank_bridge.products.epay.figures import SHIPPED as EPAY
from bank_bridge.products.epay.gifts import GiftCounter
from bank_bridge.products.epay.limits import EpayCounter
from bank_bridge.products.funds.desk import FundOfficers
from bank_bridge.products.funds.figures import SHIPPED as FUNDS
from bank_bridge.products.funds.suitability import SuitabilityCounter
from bank_bridge.products.funds.trading import FundCounter
from bank_bridge.products.savings.deposits import SavingCounter
from bank_bridge.products.savings.figures import SHIPPED as SAVINGS
from bank_bridge.products.standing.agreeing import StandingCounter
from bank_bridge.products.standing.figures import SHIPPED as STANDING
from bank_bridge.products.standing.paying import StandingPayments
from bank_bridge.saving_contract import Deposit, DepositOrder, Term, WithdrawalOrder
from bank_bridge.standing_contract import Standing, StandingOrder


class BillWindows:
    """Implements `Billing` and `BillerDesk`."""

    def __init__(self, office: Office, link: BillerLink | None) -> None:
        links = BillerLinks(link)
        self._bills = BillCounter(office, SHIPPED, links)
        self._billers = BillerCounter(office, SHIPPED)
        self._agreements = BillAgreements(office, SHIPPED)
        self._notices = BillNotices(office, SHIPPED, links)

    async def bill_categories(self) -> Sequence[BillCategory]:
        return await self._bills.categories()

    async def bill_channels(self) -> Sequence[BillChannel]:
        return await self._bills.channels()

    async def bill_items(self, category: int = 0) -> Sequence[BillItem]:
        return await self._bills.items(category)

    async def query_bills(self, item: str, number: str) -> Sequence[Bill]:
        return await self._bills.query(item, number)

    async def bill(self, bill_id: str) -> Bill:
        return await self._bills.bill(bill_id)

    async def create_bill_payment(self, order: BillOrder, idempotency_key: str) -> Instruction:
        return await self._bills.create_payment(order, idempotency_key)

    async def bill_payments(self, customer: str, limit: int) -> Sequence[BillPayment]:
        return await self._bills.payments(customer, limit)

    async def saved_bills(self, customer: str) -> Sequence[SavedBill]:
        return await self._bills.saved(customer)

    async def set_bill_reminder(self, customer: str, item: str, number: str, *, on: bool) -> None:
        await self._bills.set_reminder(customer, item, number, on=on)

    async def create_debit_agreement(self, order: DebitOrder, idempotency_key: str) -> Instruction:
        return await self._agreements.create(order, idempotency_key)

    async def debit_agreements(self, customer: str) -> Sequence[DebitAgreement]:
        return await self._agreements.of(customer)

    async def close_debit_agreement(self, agreement: str, customer: str) -> None:
        await self._agreements.close(agreement, customer)

    async def propose_biller(self, new: NewBiller, maker: str) -> None:
        await self._billers.propose_biller(new, maker)

    async def approve_biller(self, biller: str, checker: str) -> None:
        await self._billers.approve_biller(biller, checker)

    async def propose_item(self, new: NewItem, maker: str) -> None:
        await self._billers.propose_item(new, maker)

    async def approve_item(self, item: str, checker: str) -> None:
        await self._billers.approve_item(item, checker)

    async def upload_bills(self, item: str, bills: Sequence[UploadedBill]) -> int:
        return await self._billers.upload(item, bills)

    async def biller_file(self, biller: str, day: date) -> Sequence[BillerLine]:
        return await self._billers.file(biller, day)

    async def reconcile_biller(
        self, biller: str, day: date, theirs: Sequence[BillerLine]
    ) -> BillerDay:
        return await self._billers.reconcile(biller, day, theirs)


class GiftWindows:
    """Implements `Gifts`."""

    def __init__(self, office: Office) -> None:
        self._epay = EpayCounter(office, EPAY)
        self._gifts = GiftCounter(office, EPAY)

    async def epay(self, customer: str) -> Epay | None:
        return await self._epay.of(customer)

    async def create_epay_agreement(self, order: EpayOrder, idempotency_key: str) -> Instruction:
        return await self._epay.create(order, idempotency_key)

    async def close_epay(self, customer: str) -> None:
        await self._epay.close(customer)

    async def issue_certificate(self, customer: str) -> None:
        await self._epay.certify(customer)

    async def create_gift(self, order: GiftOrder, idempotency_key: str) -> Instruction:
        return await self._gifts.create(order, idempotency_key)

    async def gift(self, gift: str) -> Gift:
        return await self._gifts.gift(gift)

    async def take_gift(self, gift: str, taker: str) -> Gift:
        return await self._gifts.take(gift, taker)


class SavingWindows:
    """Implements `Savings`."""

    def __init__(self, office: Office) -> None:
        self._savings = SavingCounter(office, SAVINGS)

    async def deposit_terms(self) -> Sequence[Term]:
        return await self._savings.terms()

    async def deposits(self, customer: str) -> Sequence[Deposit]:
        return await self._savings.of(customer)

    async def create_deposit(self, order: DepositOrder, idempotency_key: str) -> Instruction:
        return await self._savings.create(order, idempotency_key)

    async def create_withdrawal(self, order: WithdrawalOrder, idempotency_key: str) -> Instruction:
        return await self._savings.withdraw(order, idempotency_key)


class StandingWindows:
    """Implements `StandingTransfers`."""

    def __init__(self, office: Office) -> None:
        self._standing = StandingCounter(office, STANDING)
        self._standing_payments = StandingPayments(office, STANDING)

    async def create_standing_transfer(
        self, order: StandingOrder, idempotency_key: str
    ) -> Instruction:
        return await self._standing.create(order, idempotency_key)

    async def standing_transfers(self, customer: str) -> Sequence[Standing]:
        return await self._standing.of(customer)

    async def close_standing_transfer(self, standing: str, customer: str) -> None:
        await self._standing.close(standing, customer)


class FundWindows:
    """Implements `Funds` and `FundDesk`."""

    def __init__(self, office: Office) -> None:
        self._suitability = SuitabilityCounter(office, FUNDS)
        self._officers = FundOfficers(office)
        self._trading = FundCounter(office, FUNDS)

    async def funds(self) -> Sequence[Fund]:
        return await self._officers.on_sale()

    async def risk_questions(self) -> Sequence[RiskQuestion]:
        return await self._suitability.questions()

    async def assess_risk(self, customer: str, answers: Sequence[int]) -> RiskProfile:
        return await self._suitability.assess(customer, answers)

    async def risk_profile(self, customer: str) -> RiskProfile | None:
        return await self._suitability.profile(customer)

    async def create_fund_order(self, order: FundOrder, idempotency_key: str) -> Instruction:
        return await self._trading.buy(order, idempotency_key)

    async def create_fund_redemption(
        self, order: FundRedemption, idempotency_key: str
    ) -> Instruction:
        return await self._trading.sell(order, idempotency_key)

    async def fund_orders(self, customer: str, limit: int) -> Sequence[PlacedFundOrder]:
        return await self._trading.orders(customer, limit)

    async def cancel_fund_order(self, order: str, customer: str) -> PlacedFundOrder:
        return await self._trading.cancel(order, customer)

    async def holdings(self, customer: str) -> Sequence[Holding]:
        return await self._trading.holdings(customer)

    async def propose_fund(self, new: NewFund, maker: str) -> None:
        await self._officers.propose(new, maker)

    async def approve_fund(self, fund: str, checker: str) -> None:
        await self._officers.approve(fund, checker)

    async def publish_nav(self, fund: str, day: date, nav: int) -> None:
        await self._officers.publish(fund, day, nav)


class ProductWindows(BillWindows, GiftWindows, SavingWindows, StandingWindows, FundWindows):
    """All of them, and what time brings about."""

    def __init__(self, office: Office, link: BillerLink | None) -> None:
        BillWindows.__init__(self, office, link)
        GiftWindows.__init__(self, office)
        SavingWindows.__init__(self, office)
        StandingWindows.__init__(self, office)
        FundWindows.__init__(self, office)

    async def run_due(self) -> int:
        told = await self._notices.send_due()
        told += await self._agreements.run_due() + await self._gifts.return_due()
        told += await self._standing_payments.run_due() + await self._trading.confirm_due()
        return told + await self._savings.pay_due()
