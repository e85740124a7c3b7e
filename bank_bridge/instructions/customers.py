"""Customers, what they own and whom they pay; and what a branch does for them."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence

import msgspec
from stdnum import luhn

from bank_bridge.contract import (
    BankAccount,
    BankEvent,
    BankRefusal,
    Money,
    Payee,
    RefusalCode,
    StatementLine,
)
from bank_bridge.instructions.movements import Movement, move
from bank_bridge.instructions.office import Office
from bank_bridge.instructions.outside import outside_account
from bank_bridge.instructions.requests import (
    checked_amount,
    checked_text,
    earlier_result,
    keyed,
    remember,
)
from bank_bridge.instructions.rules import Rules
from bank_bridge.ledger import accounts, outbox, statement
from bank_bridge.ledger.database import to_us

_PHONE = re.compile(r"\+?[0-9]{6,15}")
_SERIAL_DIGITS = 12
# Odd and not a multiple of five, so that every serial comes up once: neighbours look unlike.
_SERIAL_STEP = 387_420_489_907
_STATEMENT_LIMIT = 200
_EVENTS_LIMIT = 1_000


class CustomerFacts(msgspec.Struct, frozen=True):
    """What the bank knows of a customer."""

    customer: str
    name: str
    phone: str
    failures: int
    locked_until: int
    frozen: str | None  # the case


def customer_facts(conn: sqlite3.Connection, customer: str) -> CustomerFacts:
    """Raises NOT_FOUND."""
    row = conn.execute(
        "SELECT customer, name, phone, failures, locked_until, (SELECT case_id FROM freezes f"
        " WHERE f.customer = c.customer AND lifted_at IS NULL) FROM customers c WHERE customer = ?",
        (customer,),
    ).fetchone()
    if row is None:
        raise BankRefusal(RefusalCode.NOT_FOUND, "no such customer")
    return CustomerFacts(*row)


def own_account(
    conn: sqlite3.Connection, customer: str, number: str | None = None
) -> accounts.LedgerAccount:
    """The customer's account of that number, or the default one. Raises NOT_FOUND."""
    for account in accounts.accounts_of(conn, customer):
        if number in (None, account.number):
            return account
    raise BankRefusal(RefusalCode.NOT_FOUND, "no such account")


class InquiryDesk:
    """Reads; a customer sees only what is theirs."""

    def __init__(self, office: Office) -> None:
        self._books = office.books

    async def list_accounts(self, customer: str) -> Sequence[BankAccount]:
        found = await self._books.read(lambda conn: accounts.accounts_of(conn, customer))
        return [
            BankAccount(a.number, a.title, a.kind, Money(a.posted), Money(a.available))
            for a in found
        ]

    async def statement(self, customer: str, number: str, limit: int) -> Sequence[StatementLine]:
        _check_limit(limit, _STATEMENT_LIMIT)
        return await self._books.read(
            lambda conn: statement.newest_lines(
                conn, own_account(conn, customer, number).account_id, limit
            )
        )

    async def list_payees(self, customer: str) -> Sequence[Payee]:
        return await self._books.read(lambda conn: payees_of(conn, customer))

    async def events(self, after: int, limit: int) -> Sequence[BankEvent]:
        _check_limit(limit, _EVENTS_LIMIT)
        return await self._books.read(lambda conn: outbox.read_after(conn, after, limit))


class BranchDesk:
    """Enrolment, accounts, payees: each may be asked again and has its effect once."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def enrol(self, customer: str, name: str, phone: str) -> None:
        checked_text(customer, "customer", 100)
        checked_text(name, "name", 100)
        if not _PHONE.fullmatch(phone):
            raise BankRefusal(RefusalCode.INVALID_REQUEST, "phone is not well formed")

        def operation(conn: sqlite3.Connection) -> None:
            known = conn.execute(
                "SELECT customer, name, phone FROM customers WHERE customer = ? OR phone = ?",
                (customer, phone),
            ).fetchall()
            if not known:
                conn.execute(
                    "INSERT INTO customers (customer, name, phone, enrolled_at)"
                    " VALUES (?, ?, ?, ?)",
                    (customer, name, phone, to_us(self._office.now())),
                )
            elif known != [(customer, name, phone)]:
                raise BankRefusal(
                    RefusalCode.ALREADY_EXISTS, "the customer or the phone is known otherwise"
                )

        await self._office.books.write(customer, operation)

    async def open_account(self, customer: str, deposit: Money, idempotency_key: str) -> str:
        office = self._office
        if deposit.fen != 0:  # an account may be opened empty
            checked_amount(deposit, office.rules)
        request = keyed(idempotency_key, customer, "open_account", deposit.fen)

        def operation(conn: sqlite3.Connection) -> str:
            earlier = earlier_result(conn, request)
            if earlier is not None:
                return earlier
            moment = office.now()
            holder = customer_facts(conn, customer)
            account = accounts.open_customer_account(
                conn,
                customer,
                holder.name,
                lambda place: account_number(place, office.rules),
                to_us(moment),
            )
            if deposit.fen:
                move(conn, _opening(conn, account, deposit, office), office)
            remember(conn, request, account.number, to_us(moment))
            return account.number

        return await office.books.write(customer, operation)

    async def save_payee(self, customer: str, payee_customer: str) -> Payee:
        def operation(conn: sqlite3.Connection) -> Payee:
            customer_facts(conn, customer)
            account = own_account(conn, payee_customer)
            if customer == payee_customer:
                raise BankRefusal(RefusalCode.SAME_ACCOUNT, "one's own account is no payee")
            conn.execute(
                "INSERT INTO payees (payee_id, customer, account_id, name, bank)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT (customer, account_id) DO NOTHING",
                (
                    self._office.new_id(),
                    customer,
                    account.account_id,
                    account.title,
                    self._office.rules.bank_name,
                ),
            )
            return next(p for p in payees_of(conn, customer) if p.number == account.number)

        return await self._office.books.write(customer, operation)


class OutsidePayees:
    """Payees at other banks."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def save(self, customer: str, name: str, number: str, bank: str) -> Payee:
        payee_id = self._office.new_id()

        def operation(conn: sqlite3.Connection) -> Payee:
            customer_facts(conn, customer)
            at = to_us(self._office.now())
            account = outside_account(conn, bank, number, name, at)
            conn.execute(
                "INSERT INTO payees (payee_id, customer, account_id, name, bank)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT (customer, account_id) DO NOTHING",
                (payee_id, customer, account.account_id, name, bank),
            )
            return next(
                p for p in payees_of(conn, customer) if (p.number, p.bank) == (number, bank)
            )

        return await self._office.books.write(customer, operation)


def payees_of(conn: sqlite3.Connection, customer: str) -> list[Payee]:
    """Saved payees, by name."""
    rows = conn.execute(
        "SELECT payee_id, name, number, bank, IFNULL(accounts.customer, '')"
        " FROM payees JOIN accounts USING (account_id)"
        " WHERE payees.customer = ? ORDER BY name, number",
        (customer,),
    )
    return [
        Payee(payee_id, name, number.rpartition(":")[2], bank, holder)  # see `outside`
        for payee_id, name, number, bank, holder in rows
    ]


def _opening(
    conn: sqlite3.Connection, account: accounts.LedgerAccount, deposit: Money, office: Office
) -> Movement:
    moment = office.now()
    cash = accounts.system_account(
        conn, "cash", accounts.CASH, office.rules.bank_name, to_us(moment)
    )
    return Movement(
        kind="opening_deposit",
        product="opening_deposit",
        channel="branch",
        payer=cash,
        payee=account,
        amount=deposit.fen,
        moment=moment,
        instruction_id=None,
    )


def account_number(place: int, rules: Rules) -> str:
    serial = place * _SERIAL_STEP % 10**_SERIAL_DIGITS
    digits = f"{rules.account_prefix}{serial:0{_SERIAL_DIGITS}d}"
    return digits + str(luhn.calc_check_digit(digits))


def _check_limit(limit: int, most: int) -> None:
    if not 1 <= limit <= most:
        raise BankRefusal(RefusalCode.INVALID_REQUEST, f"limit is 1 to {most}")
