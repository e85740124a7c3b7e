"""The front door of the bank's products, beside `contract.py`: bills, and what follows them.

A core that sells a product implements its port; callers ask with `isinstance`, since a bank
behind another gateway may not sell it. Money, keys and refusals are those of `contract`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

import msgspec

from bank_bridge.contract import Instruction, Money


class BillMode(StrEnum):
    BILL = "bill"  # looked up, then paid
    INSTANT = "instant"  # the payer says the amount, as for a top-up


class BillState(StrEnum):
    """States of a bill and of a payment (bank-services §2.6). PAYING never outlives a commit."""

    OPEN = "OPEN"
    PAID = "PAID"
    NOTIFIED = "NOTIFIED"
    RECONCILED = "RECONCILED"
    REFUNDED = "REFUNDED"


class BillCategory(msgspec.Struct, frozen=True):
    category: int
    name_zh: str
    name_en: str


class BillChannel(msgspec.Struct, frozen=True):
    channel: str
    name_zh: str


class BillItem(msgspec.Struct, frozen=True):
    """What one biller collects; `number_pattern` is the regular expression of its numbers."""

    item: str
    name: str
    biller: str
    biller_name: str
    category: int
    mode: BillMode
    part_allowed: bool
    number_pattern: str


class Bill(msgspec.Struct, frozen=True):
    """A bill as any payer may see it: the owner's name is part-masked."""

    bill_id: str
    item: str
    item_name: str
    biller_name: str
    category: int
    number: str
    owner_masked: str
    period: str  # as the biller calls it: "2026-11"
    amount: Money
    open: Money
    due: date
    state: BillState
    part_allowed: bool
    paid_channel: str = ""
    paid_at: datetime | None = None


class BillOrder(msgspec.Struct, frozen=True):
    """A payment as the payer asked for it. Of a bill: `bill_id`, and `amount` only for a part.

    Of an instant item: `item`, `number` and `amount`.
    """

    customer: str
    device: str
    channel: str = "chat"
    bill_id: str = ""
    item: str = ""
    number: str = ""
    amount: Money | None = None
    payer_number: str | None = None


class BillPayment(msgspec.Struct, frozen=True):
    """One payment, as its payer may see it in every channel."""

    instruction_id: str
    reference: str
    item_name: str
    biller_name: str
    category: int
    number: str
    period: str
    amount: Money
    channel: str
    state: BillState
    paid_at: datetime


class SavedBill(msgspec.Struct, frozen=True):
    """A number that the customer has paid for before."""

    item: str
    item_name: str
    category: int
    mode: BillMode
    number: str
    remind: bool


class DebitOrder(msgspec.Struct, frozen=True):
    """To pay every bill of a number by itself, up to `cap` each.

    `day` 1 to 28: on that day of each month; 0: on the day the bill is due. An instant item
    is topped up by `cap` on its day.
    """

    customer: str
    device: str
    item: str
    number: str
    cap: Money
    day: int = 0
    payer_number: str | None = None


class DebitAgreement(msgspec.Struct, frozen=True):
    agreement: str
    item: str
    item_name: str
    number: str
    cap: Money
    day: int
    payer_tail: str
    active: bool


class NewBiller(msgspec.Struct, frozen=True):
    """A collection application; the four documents are those of §2.6, as numbers or digests."""

    biller: str
    name: str
    licence: str
    legal_person: str
    agreement: str
    application: str


class NewItem(msgspec.Struct, frozen=True):
    item: str
    biller: str
    name: str
    category: int
    mode: BillMode = BillMode.BILL
    part_allowed: bool = False
    number_pattern: str = "[0-9]{6,20}"


class UploadedBill(msgspec.Struct, frozen=True):
    """One line of a biller's file: the same number and period again replaces an open bill."""

    number: str
    period: str
    owner: str
    amount: Money
    due: date


class BillerLine(msgspec.Struct, frozen=True):
    """One line of the day's file: what the biller says that it was told of."""

    reference: str
    amount: Money


class BillException(msgspec.Struct, frozen=True):
    """A difference that a person has to look at; `case` is its suspense case where money waits."""

    case: str
    kind: str  # ours_only, theirs_only, amount_differs
    reference: str
    ours: Money
    theirs: Money


class BillerDay(msgspec.Struct, frozen=True):
    """A biller's day after reconciliation: what was settled, and what became a case."""

    biller: str
    day: date
    matched: int
    settled: Money
    exceptions: Sequence[BillException]


class EpayOrder(msgspec.Struct, frozen=True):
    """To open 工银e支付, or to change the limit of one payment and of a day; none: the default."""

    customer: str
    device: str
    single: Money | None = None
    payer_number: str | None = None


class Epay(msgspec.Struct, frozen=True):
    """The agreement as it stands, and what of its limits is left today."""

    state: str  # ACTIVE, SUSPENDED, CLOSED
    single: Money
    day_left: Money
    month_left: Money


class GiftKind(StrEnum):
    P2P = "p2p"
    RED_PACKET = "red_packet"


class GiftState(StrEnum):
    QUOTED = "QUOTED"
    OPEN = "OPEN"
    TAKEN = "TAKEN"
    RETURNED = "RETURNED"  # what was left of it


class GiftOrder(msgspec.Struct, frozen=True):
    """Money to people of a conversation. `taker` empty: the first `shares` who take.

    `place` and `place_name` mean nothing to the bank but where it is shown and what the
    card calls it.
    """

    customer: str
    device: str
    kind: GiftKind
    amount: Money
    place: str
    place_name: str
    taker: str = ""
    shares: int = 1
    random: bool = False
    greeting: str = ""
    payer_number: str | None = None


class GiftShare(msgspec.Struct, frozen=True):
    taker: str
    amount: Money
    taken_at: datetime


class Gift(msgspec.Struct, frozen=True):
    """A gift as everyone in its place may see it; shares in the order they were taken."""

    gift: str
    kind: GiftKind
    sender: str
    place: str
    taker: str
    greeting: str
    amount: Money
    shares: int
    random: bool
    state: GiftState
    sent_at: datetime
    expires_at: datetime
    taken: Sequence[GiftShare] = ()


@runtime_checkable
class Billing(Protocol):
    """What a payer may ask (bank-services §2.6)."""

    async def bill_categories(self) -> Sequence[BillCategory]:
        """The nine, in their order."""

    async def bill_channels(self) -> Sequence[BillChannel]:
        """The eight."""

    async def bill_items(self, category: int = 0) -> Sequence[BillItem]:
        """Items that may be paid, of one category or of all."""

    async def query_bills(self, item: str, number: str) -> Sequence[Bill]:
        """Bills of that number, oldest period first. Raises NOT_FOUND, BILLER_OFFLINE."""

    async def bill(self, bill_id: str) -> Bill:
        """Raises NOT_FOUND."""

    async def create_bill_payment(self, order: BillOrder, idempotency_key: str) -> Instruction:
        """Quote it and leave it in REQUIRES_CONFIRMATION, as `create_transfer` does.

        A bill that is paid: DUPLICATE, with `channel`, `paid_at` (ISO 8601) and `reference`.
        Part of one that may not be parted, or more than is open: INVALID_AMOUNT. A bill that
        changed after it was confirmed ends the instruction with BILL_CHANGED.
        """

    async def bill_payments(self, customer: str, limit: int) -> Sequence[BillPayment]:
        """The newest first."""

    async def saved_bills(self, customer: str) -> Sequence[SavedBill]:
        """Numbers paid before, the latest first."""

    async def set_bill_reminder(self, customer: str, item: str, number: str, *, on: bool) -> None:
        """Tell the customer three days before a bill of this number is due, or no more."""

    async def create_debit_agreement(self, order: DebitOrder, idempotency_key: str) -> Instruction:
        """An instruction of kind `bill_agreement` whose amount is the cap; it moves nothing."""

    async def debit_agreements(self, customer: str) -> Sequence[DebitAgreement]: ...

    async def close_debit_agreement(self, agreement: str, customer: str) -> None:
        """Again: nothing. Raises NOT_FOUND."""


@runtime_checkable
class BillerDesk(Protocol):
    """What billers and the bank's own staff do; two officers for every admission (A4)."""

    async def propose_biller(self, new: NewBiller, maker: str) -> None: ...

    async def approve_biller(self, biller: str, checker: str) -> None:
        """Raises ILLEGAL_TRANSITION when the checker is the maker."""

    async def propose_item(self, new: NewItem, maker: str) -> None: ...

    async def approve_item(self, item: str, checker: str) -> None: ...

    async def upload_bills(self, item: str, bills: Sequence[UploadedBill]) -> int:
        """How many were taken; a bill that has been paid, even in part, keeps its amount."""

    async def biller_file(self, biller: str, day: date) -> Sequence[BillerLine]:
        """Our own file of that business date: every payment not refunded, in order."""

    async def reconcile_biller(
        self, biller: str, day: date, theirs: Sequence[BillerLine]
    ) -> BillerDay:
        """Compare, settle what matches, set the rest aside with a case each. Once for a day."""


@runtime_checkable
class Gifts(Protocol):
    """工银e支付 in the chat (bank-services §2.5)."""

    async def epay(self, customer: str) -> Epay | None:
        """The customer's agreement, if there ever was one."""

    async def create_epay_agreement(self, order: EpayOrder, idempotency_key: str) -> Instruction:
        """An instruction of kind `epay_agreement` whose amount is the limit; it moves nothing.

        Over the default limit without a certificate, or over the most: STRONGER_PROOF_NEEDED
        or LIMIT_SINGLE.
        """

    async def close_epay(self, customer: str) -> None:
        """Again: nothing."""

    async def issue_certificate(self, customer: str) -> None:
        """What a branch does when it hands out a U盾."""

    async def create_gift(self, order: GiftOrder, idempotency_key: str) -> Instruction:
        """Quote it, as `create_transfer` does. Raises AGREEMENT_NEEDED and the LIMIT codes."""

    async def gift(self, gift: str) -> Gift:
        """Raises NOT_FOUND, also for one that was never paid."""

    async def take_gift(self, gift: str, taker: str) -> Gift:
        """Take one share into the taker's default account; again, or too late: only look.

        Whoever is not the one it was meant for, or has no account: NOT_FOUND.
        """


@runtime_checkable
class Chores(Protocol):
    """What time brings about; safe to call at any time, and by several processes."""

    async def run_due(self) -> int:
        """Do what is due now and say how much was done; nothing done means nothing is due."""
