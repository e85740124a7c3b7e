"""A bank with a power company, a phone company and a tax office, and two customers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from bank_bridge.contract import Instruction, InstructionState, Money
from bank_bridge.gateways.embedded import EmbeddedBank, open_embedded
from bank_bridge.ledger.auditor import audit
from bank_bridge.product_contract import (
    BillMode,
    BillOrder,
    NewBiller,
    NewItem,
    UploadedBill,
)
from bank_bridge.products.bills.links import PaymentNotice
from tests.contracts.bank_samples import DEVICE, QUICK_HASH, Clock, Inbox, Teller, counting_ids

DUE = date(2026, 3, 20)
NUMBER = "3101234567"


class PowerCompany:
    """A biller with books of its own; `down`, `deaf` and `rejects` are its bad days."""

    def __init__(self) -> None:
        self.down = self.deaf = self.rejects = False
        self.heard: list[PaymentNotice] = []
        self.known: set[str] = set()

    async def query(self, item: str, number: str) -> Sequence[UploadedBill]:
        if self.down:
            raise ConnectionError("no answer")
        return ()

    async def notify(self, notice: PaymentNotice) -> bool:
        if self.down:
            raise ConnectionError("no answer")
        if self.rejects:
            return False
        if notice.reference not in self.known:
            self.known.add(notice.reference)
            self.heard.append(notice)
        if self.deaf:  # it took the payment, and its answer is lost
            raise TimeoutError
        return True


class BillTeller(Teller):
    """Brings bills and their payments to where a test begins."""

    bank: EmbeddedBank
    biller: PowerCompany

    async def open_billers(self) -> None:
        for biller, item, category, mode, part in (
            ("power", "power-home", 2, BillMode.BILL, False),
            ("water", "water-home", 2, BillMode.BILL, True),
            ("mobile", "mobile-topup", 1, BillMode.INSTANT, False),
            ("tax", "tax-car", 7, BillMode.BILL, True),
        ):
            papers = NewBiller(biller, f"{biller}公司", "L-1", "P-1", "A-1", "C-1")
            await self.bank.propose_biller(papers, "maker")
            await self.bank.approve_biller(biller, "checker")
            new = NewItem(item, biller, f"{biller}费", category, mode, part)
            await self.bank.propose_item(new, "maker")
            await self.bank.approve_item(item, "checker")

    async def bill(
        self,
        fen: int = 100_00,
        item: str = "power-home",
        number: str = NUMBER,
        period: str = "2026-03",
        due: date = DUE,
    ) -> str:
        """The id of a fresh bill."""
        await self.bank.upload_bills(
            item, [UploadedBill(number, period, "王小明", Money(fen), due)]
        )
        found = await self.bank.query_bills(item, number)
        return next(one.bill_id for one in found if one.period == period)

    async def quote(self, order: BillOrder, key: str) -> Instruction:
        return await self.bank.create_bill_payment(order, key)

    async def prove(self, quoted: Instruction, customer: str = "zhangwei") -> Instruction:
        """Confirm, and type the code that arrives, where one is asked for."""
        new = quoted.instruction_id
        confirmed = await self.bank.confirm(new, customer, DEVICE)
        if confirmed.state is not InstructionState.REQUIRES_AUTH:
            return confirmed  # the tap was enough, or it was too late
        await self.bank.challenge(new, customer)
        return await self.bank.authorise(new, customer, DEVICE, self.inbox.code)

    async def pay(self, bill_id: str, key: str = "pay", **more: object) -> Instruction:
        order = BillOrder("zhangwei", DEVICE, bill_id=bill_id, **more)
        paid = await self.prove(await self.quote(order, key))
        assert paid.state is InstructionState.SUCCEEDED
        return paid


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def books(tmp_path: Path) -> Path:
    return tmp_path / "bank.db"


@pytest.fixture
async def teller(books: Path, clock: Clock) -> AsyncIterator[BillTeller]:
    inbox, biller = Inbox(), PowerCompany()
    async with open_embedded(
        books,
        now=clock,
        new_id=counting_ids(),
        send_sms=inbox,
        rules=QUICK_HASH,
        biller_link=biller,
    ) as bank:
        teller = BillTeller(bank, inbox)
        await teller.open_doors()
        await teller.open_billers()
        teller.biller = biller
        yield teller
    report = audit(books)
    assert report.clean, report.page()
