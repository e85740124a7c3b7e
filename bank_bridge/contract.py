"""The front door of the bank: what anyone outside may ask of it, and what comes back.

Values are frozen structs; money is integer fen. Every method that can move money
carries an idempotency key or works on one instruction by id, so that asking twice
has one effect. Refusals are `BankRefusal` with a code of the error catalogue;
`OutcomeUnknown` is neither success nor failure and must never be shown as either.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec


class Money(msgspec.Struct, frozen=True, order=True):
    """An amount of CNY in integer fen; never a float, on any path."""

    fen: int

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen)

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - other.fen)

    def __str__(self) -> str:
        """Yuan with two decimals, no grouping: `-1234.05`."""
        sign = "-" if self.fen < 0 else ""
        return f"{sign}{abs(self.fen) // 100}.{abs(self.fen) % 100:02d}"


class RefusalCode(StrEnum):
    """Why the bank said no (bank-services §1.10)."""

    INSUFFICIENT_FUNDS = "INSUFFICIENT_FUNDS"
    LIMIT_SINGLE = "LIMIT_SINGLE"
    LIMIT_DAY = "LIMIT_DAY"
    LIMIT_MONTH = "LIMIT_MONTH"
    LIMIT_YEAR = "LIMIT_YEAR"
    AUTH_FAILED = "AUTH_FAILED"
    AUTH_LOCKED = "AUTH_LOCKED"
    STRONGER_PROOF_NEEDED = "STRONGER_PROOF_NEEDED"
    EXPIRED = "EXPIRED"
    DUPLICATE = "DUPLICATE"
    IN_PROGRESS = "IN_PROGRESS"
    IDEMPOTENCY_CONFLICT = "IDEMPOTENCY_CONFLICT"
    ILLEGAL_TRANSITION = "ILLEGAL_TRANSITION"
    RESEND_TOO_SOON = "RESEND_TOO_SOON"
    RESEND_LIMIT = "RESEND_LIMIT"
    PAYEE_NAME_MISMATCH = "PAYEE_NAME_MISMATCH"
    INVALID_AMOUNT = "INVALID_AMOUNT"
    INVALID_REQUEST = "INVALID_REQUEST"  # malformed in any other way: empty, too long, not text
    SAME_ACCOUNT = "SAME_ACCOUNT"
    NOT_FOUND = "NOT_FOUND"
    ALREADY_EXISTS = "ALREADY_EXISTS"
    FROZEN = "FROZEN"  # nothing leaves this customer's accounts; details: `case`
    BILL_CHANGED = "BILL_CHANGED"  # the bill is another than the one that was confirmed
    BILLER_OFFLINE = "BILLER_OFFLINE"
    AGREEMENT_NEEDED = "AGREEMENT_NEEDED"
    ACCOUNT_TIER_BLOCKED = "ACCOUNT_TIER_BLOCKED"
    SUITABILITY_REFUSED = "SUITABILITY_REFUSED"
    CLEARING_CLOSED = "CLEARING_CLOSED"  # details: `opens_at`, RFC 3339
    COUNTERPARTY_DECLINED = "COUNTERPARTY_DECLINED"  # the other bank says no
    WRITES_STOPPED = "WRITES_STOPPED"
    CORE_UNAVAILABLE = "CORE_UNAVAILABLE"


class BankError(Exception):
    """Anything the bank bridge raises."""


class BankRefusal(BankError):
    """The bank refused, surely and finally for this request; nothing moved.

    `details` are figures for the customer's text: `left` and `limit` in fen,
    `attempts_left`, `retry_after_s`, `reference` of an earlier success.
    """

    def __init__(self, code: RefusalCode, message: str = "", **details: int | str) -> None:
        super().__init__(f"{code}: {message}" if message else str(code))
        self.code = code
        self.details = details


class OutcomeUnknown(BankError):
    """The request may or may not have taken effect; ask with `get` or `find`, never repeat."""

    def __init__(self, instruction_id: str) -> None:
        super().__init__(f"outcome of instruction {instruction_id} is not known yet")
        self.instruction_id = instruction_id


class InstructionState(StrEnum):
    """States of a money command (bank-services §1.3)."""

    CREATED = "CREATED"
    QUOTED = "QUOTED"
    REQUIRES_CONFIRMATION = "REQUIRES_CONFIRMATION"
    REQUIRES_AUTH = "REQUIRES_AUTH"
    AUTHORISED = "AUTHORISED"
    REQUIRES_APPROVAL = "REQUIRES_APPROVAL"
    HELD = "HELD"
    SUBMITTED = "SUBMITTED"
    UNKNOWN = "UNKNOWN"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    PARTLY_REVERSED = "PARTLY_REVERSED"
    REVERSED = "REVERSED"


class BankAccount(msgspec.Struct, frozen=True):
    """A customer's account as the customer may see it."""

    number: str
    holder: str
    kind: str  # "type_1" for now
    posted: Money
    available: Money  # posted less what holds reserve

    @property
    def tail(self) -> str:
        """The last four digits, the only part that may be shown or logged."""
        return self.number[-4:]


class Payee(msgspec.Struct, frozen=True):
    """Someone a customer has saved to pay; `number` never leaves the bank unmasked."""

    payee_id: str
    name: str
    number: str
    bank: str
    holder: str = ""  # the customer of this bank whose account it is

    @property
    def tail(self) -> str:
        return self.number[-4:]


class StatementLine(msgspec.Struct, frozen=True):
    """One posted entry: `amount` is negative when money left the account."""

    posted_at: datetime
    amount: Money
    balance_after: Money
    summary: str  # transfer_in, transfer_out, or the journal's kind: purchase, refund, interest …
    counterparty: str
    reference: str


class Arrival(StrEnum):
    """When a transfer to another bank is to arrive; within this bank it always does at once."""

    REAL_TIME = "real_time"
    ORDINARY = "ordinary"  # sent after two hours, cancellable until then
    NEXT_DAY = "next_day"  # sent on the next calendar day


class TransferOrder(msgspec.Struct, frozen=True):
    """A transfer as the customer asked for it; `payer_number` none means the default."""

    customer: str
    device: str
    payee_id: str
    amount: Money
    payer_number: str | None = None
    memo: str = ""
    arrival: Arrival | msgspec.UnsetType = msgspec.UNSET  # unset: real time


class Instruction(msgspec.Struct, frozen=True):
    """A money command at one moment. `version` moves at each transition."""

    instruction_id: str
    version: int
    kind: str  # "transfer", "purchase", or a product's: "bill", "red_packet", ...
    state: InstructionState
    customer: str
    amount: Money
    fee: Money
    payer_tail: str
    payee_name: str
    payee_tail: str
    created_at: datetime
    expires_at: datetime
    reference: str | None = None  # set once SUCCEEDED
    failure: RefusalCode | None = None  # set once FAILED
    finished_at: datetime | None = None
    balance_after: Money | None = None  # payer's posted balance right after it SUCCEEDED
    memo: str = ""  # what it is for: a customer's own words, or what of a bill may be shown
    payee_bank: str = ""  # empty: the payer's own bank
    arrival: Arrival | None = None  # of a transfer to another bank
    sends_at: datetime | None = None  # and when it leaves
    level: str = ""  # once confirmed, the proof it needs: A1, A2 (a code) or A3 (a signature)


class Challenge(msgspec.Struct, frozen=True):
    """An SMS code under way. The code itself is never in any value the bank returns."""

    instruction_id: str
    phone_masked: str
    expires_at: datetime
    resend_at: datetime
    attempts_left: int


class BankEvent(msgspec.Struct, frozen=True):
    """One row of the bank's outbox, in the same commit as what it tells of.

    `type` "posting": money moved on a customer's account; `amount` and `balance_after`
    are for the customer's own notice only; `amount` is negative when money left.
    `type` "purchase" or "transfer": the payer's envelope of bank-services §1.11, for the
    recommender: a band, never an amount or a name.
    `position` is gapless and grows; read on with `events(after=position)`.
    """

    position: int
    event_id: str
    type: str
    customer: str
    occurred_at: datetime
    business_date: str
    product: str
    channel: str
    amount_band: str
    trace_id: str  # the instruction's id
    account_tail: str = ""
    counterparty: str = ""
    amount: Money | None = None
    balance_after: Money | None = None


class Accounts(Protocol):
    """Reads. A customer sees only what is theirs; an unknown one has nothing."""

    async def list_accounts(self, customer: str) -> Sequence[BankAccount]:
        """The customer's accounts, the default paying account first."""

    async def statement(self, customer: str, number: str, limit: int) -> Sequence[StatementLine]:
        """The newest `limit` (1 to 200) entries, newest first. Raises NOT_FOUND."""

    async def list_payees(self, customer: str) -> Sequence[Payee]:
        """Saved payees, by name."""


class Instructions(Protocol):
    """Money commands: created, confirmed, cancelled, looked up."""

    async def create_transfer(self, order: TransferOrder, idempotency_key: str) -> Instruction:
        """Quote the transfer and leave it in REQUIRES_CONFIRMATION.

        The same key and order again return the same instruction as it now is; the same
        key with any other field raises IDEMPOTENCY_CONFLICT. A refused order (funds,
        limits, payee, amount) stores nothing.
        """

    async def confirm(self, instruction_id: str, customer: str, device: str) -> Instruction:
        """REQUIRES_CONFIRMATION -> REQUIRES_AUTH. Again: the same instruction, unchanged.

        Raises EXPIRED or ILLEGAL_TRANSITION. Binds the instruction to this device.
        """

    async def cancel(self, instruction_id: str, customer: str) -> Instruction:
        """Any state before AUTHORISED, or HELD and not sent yet -> CANCELLED. Again: the same.

        Out of time: EXPIRED. Later: ILLEGAL_TRANSITION.
        """

    async def get(self, instruction_id: str, customer: str) -> Instruction:
        """The instruction as it now is (past its time: EXPIRED). Raises NOT_FOUND."""


class Challenges(Protocol):
    """The SMS code of an instruction (bank-services §1.8)."""

    async def challenge(self, instruction_id: str, customer: str) -> Challenge:
        """Send a fresh code for an instruction in REQUIRES_AUTH; the older one dies.

        Raises RESEND_TOO_SOON (details: retry_after_s), RESEND_LIMIT, AUTH_LOCKED, EXPIRED,
        ILLEGAL_TRANSITION. A code that could not be sent may be asked for again at once:
        then `resend_at` is now.
        """

    async def current_challenge(self, instruction_id: str, customer: str) -> Challenge | None:
        """The code under way, if one can still be used."""

    async def authorise(
        self, instruction_id: str, customer: str, device: str, code: str
    ) -> Instruction:
        """Check the code and, when right, carry the instruction out: SUCCEEDED or FAILED.

        Wrong, expired, used or bound elsewhere: AUTH_FAILED, always the same text, with
        `attempts_left` on this code; AUTH_LOCKED after five failures in a row, with
        `retry_after_s`. An instruction that already ended is returned as it is.
        """


class BankEvents(Protocol):
    """The bank's outbox: at least once, in order, read by position."""

    async def events(self, after: int, limit: int) -> Sequence[BankEvent]:
        """At most `limit` events after that position, oldest first; empty when there are none."""


MERCHANT_CATEGORIES = frozenset(
    {"retail", "dining", "travel", "hotel", "transport", "health", "education", "utilities"}
)


class Acquiring(Protocol):
    """Purchases that reach the bank from a till or shop, already authenticated there."""

    async def purchase(
        self,
        customer: str,
        merchant: str,
        amount: Money,
        idempotency_key: str,
        category: str = "retail",
    ) -> Instruction:
        """Debit the customer's default account for a purchase; SUCCEEDED or a refusal.

        `category` is the merchant's, one of MERCHANT_CATEGORIES: all that the purchase's
        envelope says of where it was.
        """


class Enrolment(Protocol):
    """What a branch does: enrol a customer, open an account, save a payee. All idempotent."""

    async def enrol(self, customer: str, name: str, phone: str) -> None:
        """Make the customer known. The same again changes nothing; other facts: ALREADY_EXISTS."""

    async def open_account(self, customer: str, deposit: Money, idempotency_key: str) -> str:
        """Open a Type I account with an opening deposit; returns its number (Luhn-valid)."""

    async def save_payee(self, customer: str, payee_customer: str) -> Payee:
        """Save another customer's default account as a payee."""

    async def save_outside_payee(self, customer: str, name: str, number: str, bank: str) -> Payee:
        """Save an account at another bank as a payee; again, the same one.

        Raises INVALID_REQUEST, PAYEE_NAME_MISMATCH where the number is known by another name.
        """


class BankCore(Accounts, Instructions, Challenges, BankEvents, Acquiring, Enrolment, Protocol):
    """The whole bank, as its opener yields it. Callers ask for the narrow port they need."""


class SmsSender(Protocol):
    """How the bank's texts leave; may fail, which never undoes what they tell of."""

    async def __call__(self, phone: str, text: str) -> None: ...
