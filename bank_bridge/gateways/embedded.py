"""The bank in this house: joins the desks of `instructions` over one file of books.

Opened by `open.py`. Nothing is decided here.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path

from bank_bridge.contract import (
    BankAccount,
    BankEvent,
    Challenge,
    Instruction,
    Money,
    Payee,
    SmsSender,
    StatementLine,
    TransferOrder,
)
from bank_bridge.counterparties.clearing import ClearingTemper, SeededClearing
from bank_bridge.counterparties.clearing_link import ClearingLink, FileLine
from bank_bridge.day_contract import BusinessDay
from bank_bridge.documents.forms import statement_document
from bank_bridge.gateways.day_end import DayEndDesk
from bank_bridge.instructions.authorising import CodeDesk
from bank_bridge.instructions.batches import BatchDesk
from bank_bridge.instructions.clearing import ClearingDesk
from bank_bridge.instructions.corrections import CorrectionDesk
from bank_bridge.instructions.customers import BranchDesk, InquiryDesk, OutsidePayees
from bank_bridge.instructions.office import Office
from bank_bridge.instructions.purchases import TillDesk
from bank_bridge.instructions.reconciling import ClearingDay, Reconciliation
from bank_bridge.instructions.rules import Rules
from bank_bridge.instructions.statements import StatementDesk
from bank_bridge.instructions.transfers import TransferDesk
from bank_bridge.ledger.books import open_books
from bank_bridge.ledger.database import Connect
from bank_bridge.ledger.heads import HEADS
from bank_bridge.paper_contract import (
    AccountStatement,
    Batch,
    PaidPayment,
    PaymentFile,
    StatementFormat,
)
from bank_bridge.products.bills.links import BillerLink
from bank_bridge.products.care.windows import FreezeWindows
from bank_bridge.products.devices.windows import DeviceWindows
from bank_bridge.products.kinds import KINDS
from bank_bridge.products.tiers.opening import TierCounter
from bank_bridge.products.windows import ProductWindows


class EmbeddedBank(ProductWindows, DeviceWindows, FreezeWindows, TierCounter):
    """A `BankCore` whose ledger is a file beside it, and that sells every product."""

    def __init__(
        self,
        office: Office,
        send_sms: SmsSender,
        clearing: ClearingLink,
        heads: Path,
        biller_link: BillerLink | None = None,
    ) -> None:
        ProductWindows.__init__(self, office, biller_link)
        FreezeWindows.__init__(self, office)
        TierCounter.__init__(self, office)
        self._inquiries = InquiryDesk(office)
        self._branch = BranchDesk(office)
        self._transfers = TransferDesk(office)
        self._outside = OutsidePayees(office)
        self._clearing = ClearingDesk(office, clearing)
        self._reconciliation = Reconciliation(office, clearing)
        self._codes = CodeDesk(office, send_sms, self._clearing)
        DeviceWindows.__init__(self, office, self._codes, self._clearing)
        self._till = TillDesk(office)
        self._corrections = CorrectionDesk(office)
        self._statements = StatementDesk(office)
        self._batches = BatchDesk(office)
        self._day_ends = DayEndDesk(office, heads)

    async def list_accounts(self, customer: str) -> Sequence[BankAccount]:
        return await self._inquiries.list_accounts(customer)

    async def statement(self, customer: str, number: str, limit: int) -> Sequence[StatementLine]:
        return await self._inquiries.statement(customer, number, limit)

    async def account_statement(
        self, customer: str, number: str, first: date, last: date
    ) -> AccountStatement:
        return await self._statements.account_statement(customer, number, first, last)

    async def statement_document(
        self, customer: str, number: str, first: date, last: date, kind: StatementFormat
    ) -> bytes:
        drawn = await self._statements.account_statement(customer, number, first, last)
        return await asyncio.to_thread(statement_document, drawn, kind)

    async def submit_batch(self, customer: str, file: PaymentFile, maker: str) -> Batch:
        return await self._batches.submit_batch(customer, file, maker)

    async def approve_batch(
        self, batch_id: str, checker: str, content_hash: str
    ) -> Sequence[PaidPayment]:
        return await self._batches.approve_batch(batch_id, checker, content_hash)

    async def reject_batch(self, batch_id: str, checker: str, reason: str) -> Batch:
        return await self._batches.reject_batch(batch_id, checker, reason)

    async def list_payees(self, customer: str) -> Sequence[Payee]:
        return await self._inquiries.list_payees(customer)

    async def events(self, after: int, limit: int) -> Sequence[BankEvent]:
        return await self._inquiries.events(after, limit)

    async def create_transfer(self, order: TransferOrder, idempotency_key: str) -> Instruction:
        return await self._transfers.create_transfer(order, idempotency_key)

    async def confirm(self, instruction_id: str, customer: str, device: str) -> Instruction:
        return await self._transfers.confirm(instruction_id, customer, device)

    async def cancel(self, instruction_id: str, customer: str) -> Instruction:
        return await self._transfers.cancel(instruction_id, customer)

    async def get(self, instruction_id: str, customer: str) -> Instruction:
        return await self._transfers.get(instruction_id, customer)

    async def challenge(self, instruction_id: str, customer: str) -> Challenge:
        return await self._codes.challenge(instruction_id, customer)

    async def current_challenge(self, instruction_id: str, customer: str) -> Challenge | None:
        return await self._codes.current_challenge(instruction_id, customer)

    async def authorise(
        self, instruction_id: str, customer: str, device: str, code: str
    ) -> Instruction:
        return await self._codes.authorise(instruction_id, customer, device, code)

    async def purchase(
        self,
        customer: str,
        merchant: str,
        amount: Money,
        idempotency_key: str,
        category: str = "retail",
    ) -> Instruction:
        return await self._till.purchase(customer, merchant, amount, idempotency_key, category)

    async def refund(self, instruction_id: str, amount: Money, idempotency_key: str) -> Instruction:
        return await self._corrections.refund(instruction_id, amount, idempotency_key)

    async def void(self, instruction_id: str, idempotency_key: str) -> Instruction:
        return await self._corrections.void(instruction_id, idempotency_key)

    async def reverse(self, original_key: str, amount: Money) -> Instruction | None:
        return await self._corrections.reverse(original_key, amount)

    async def enrol(self, customer: str, name: str, phone: str) -> None:
        await self._branch.enrol(customer, name, phone)

    async def open_account(self, customer: str, deposit: Money, idempotency_key: str) -> str:
        return await self._branch.open_account(customer, deposit, idempotency_key)

    async def save_payee(self, customer: str, payee_customer: str) -> Payee:
        return await self._branch.save_payee(customer, payee_customer)

    async def save_outside_payee(self, customer: str, name: str, number: str, bank: str) -> Payee:
        return await self._outside.save(customer, name, number, bank)

    async def reconcile_clearing(self, day: date, lines: Sequence[FileLine]) -> ClearingDay:
        """Take a clearing house's file; see `Reconciliation`."""
        return await self._reconciliation.reconcile(day, lines)

    async def clearing_days(self, limit: int) -> Sequence[ClearingDay]:
        return await self._reconciliation.days(limit)

    async def run_day_end(self) -> int:
        return await self._day_ends.run()

    async def business_days(self, limit: int) -> Sequence[BusinessDay]:
        return await self._day_ends.days(limit)

    async def run_due(self) -> int:
        done = await super().run_due() + await self._clearing.run_due()
        return done + await self._reconciliation.run_due()


@asynccontextmanager
async def open_embedded(
    path: Path,
    *,
    now: Callable[[], datetime],
    new_id: Callable[[], str],
    send_sms: SmsSender,
    rules: Rules,
    connect: Connect = sqlite3.connect,
    biller_link: BillerLink | None = None,
    temper: ClearingTemper | None = None,
) -> AsyncIterator[EmbeddedBank]:
    """Open the bank whose file is at `path`; `connect` lets a test stand at the disk.

    The clearing house beside it is another party, with a file of its own.
    """
    outside = SeededClearing(
        path.with_name(f"{path.stem}-clearing.db"),
        now,
        rules.local_date,
        temper or ClearingTemper(),
    )
    async with open_books(path, now, connect) as books:
        office = Office(books, now, new_id, rules, KINDS)
        try:
            yield EmbeddedBank(office, send_sms, outside, path.with_name(HEADS), biller_link)
        finally:
            await outside.close()
