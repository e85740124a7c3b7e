"""The front door for paper, beside `contract.py`: statements, files of payments, corrections.

What a shop or a bank's officer asks for rather than a customer in a chat. Money, keys and
refusals are those of `contract`; callers ask with `isinstance`, since a bank behind another
gateway may not offer it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

import msgspec

from bank_bridge.contract import Instruction, Money, RefusalCode


class StatementEntry(msgspec.Struct, frozen=True):
    """One entry of an account statement; `balance` follows from the one before."""

    booked_on: date
    posted_at: datetime
    amount: Money
    balance: Money
    summary: str  # as in StatementLine
    counterparty: str
    reference: str


class AccountStatement(msgspec.Struct, frozen=True):
    """An account's entries of some business dates: opening + all amounts = closing, always."""

    bank: str
    number: str
    holder: str
    currency: str
    first: date
    last: date
    opening: Money
    closing: Money
    entries: Sequence[StatementEntry]
    drawn_at: datetime


class FilePayment(msgspec.Struct, frozen=True):
    """One payment of a file; `end_to_end_id` is unique in it."""

    end_to_end_id: str
    payer_number: str
    payee_number: str
    payee_name: str
    amount: Money
    memo: str = ""


class PaymentFile(msgspec.Struct, frozen=True):
    """A customer's file of payments; `message_id` stands for it for ever."""

    message_id: str
    payments: Sequence[FilePayment]


class Batch(msgspec.Struct, frozen=True):
    """A file that waits for a second person, or was decided on."""

    batch_id: str
    content_hash: str  # SHA-256 in hex: what the checker names
    payments: int
    total: Money
    maker: str
    checker: str | None = None
    decision: str | None = None  # "approved" or "rejected"


class PaidPayment(msgspec.Struct, frozen=True):
    """What became of one payment of a file: a reference, or why it was refused."""

    end_to_end_id: str
    reference: str | None = None
    refused: RefusalCode | None = None


class StatementFormat(StrEnum):
    """Kinds of documents that an account statement is given as."""

    PDF = "pdf"
    XLSX = "xlsx"
    CAMT053 = "camt053"


@runtime_checkable
class Statements(Protocol):
    """Account statements over whole business dates."""

    async def account_statement(
        self, customer: str, number: str, first: date, last: date
    ) -> AccountStatement:
        """Every entry of those dates, in posting order; at most 366 dates and 100,000 entries.

        Raises NOT_FOUND, or INVALID_REQUEST for dates that are too many or the wrong way round.
        """

    async def statement_document(
        self, customer: str, number: str, first: date, last: date, kind: StatementFormat
    ) -> bytes:
        """The same as a document."""


@runtime_checkable
class Batches(Protocol):
    """Files of payments inside the bank: brought by one person, approved by another."""

    async def submit_batch(self, customer: str, file: PaymentFile, maker: str) -> Batch:
        """Keep the file until somebody decides. Again: the same; the same message id with
        other content or maker: IDEMPOTENCY_CONFLICT. Pays from the customer's accounts only.
        """

    async def approve_batch(
        self, batch_id: str, checker: str, content_hash: str
    ) -> Sequence[PaidPayment]:
        """Carry out every payment, each once; again after an interruption: the rest, and all
        outcomes. By its maker: STRONGER_PROOF_NEEDED. Another hash: INVALID_REQUEST.
        """

    async def reject_batch(self, batch_id: str, checker: str, reason: str) -> Batch:
        """Nothing of it will be paid."""


@runtime_checkable
class Corrections(Protocol):
    """What a shop may take back of a purchase. Each correction is an instruction of its own."""

    async def refund(self, instruction_id: str, amount: Money, idempotency_key: str) -> Instruction:
        """Give back part or all of a purchase, on any later day; together never more than it.

        More: INVALID_AMOUNT with what is `left`. Not a paid purchase: ILLEGAL_TRANSITION.
        """

    async def void(self, instruction_id: str, idempotency_key: str) -> Instruction:
        """Undo a whole purchase on its own business date; after that EXPIRED."""

    async def reverse(self, original_key: str, amount: Money) -> Instruction | None:
        """Undo the purchase of that key, whose outcome the shop never learnt.

        Again: the same. None when the purchase has not come: then it will be refused with
        EXPIRED when it does. Another amount: INVALID_AMOUNT; a later business date: EXPIRED.
        """
