"""The savings counter: puts money away for a term, and brings it back with its interest."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date
from functools import partial

import msgspec

from bank_bridge.contract import BankRefusal, Instruction, Money, RefusalCode
from bank_bridge.instructions.customers import customer_facts, own_account
from bank_bridge.instructions.movements import Movement, move
from bank_bridge.instructions.office import Carrying, Office
from bank_bridge.instructions.requests import checked_amount, checked_text, keyed
from bank_bridge.instructions.standing import check_unlocked
from bank_bridge.ledger.accounts import LedgerAccount, account_by_id, system_account
from bank_bridge.ledger.database import to_us
from bank_bridge.products.ordering import Terms, at_once, order
from bank_bridge.products.savings.figures import (
    SHIPPED,
    SavingFigures,
    for_days,
    for_term,
    months_on,
)
from bank_bridge.saving_contract import Deposit, DepositOrder, Term, WithdrawalOrder

DEPOSIT, WITHDRAWAL, PAYOUT = "deposit", "deposit_withdrawal", "deposit_payout"
_TITLE = "定期存款"
_EXPENSE = "interest_expense"
AT_ONCE = 100


class _Stored(msgspec.Struct, frozen=True):
    deposit: str
    customer: str
    account_id: int
    principal: int
    months: int
    rate: int
    opened: str
    matures: str
    state: str


class DepositKind:
    """Money put away; the term begins on the business date of its posting."""

    moves_money = True

    def product(self, _: Carrying) -> str:
        return "fixed_deposit"

    def channel(self, _: Carrying) -> str:
        return "chat"

    def known(self, _: Carrying) -> bool:
        return False

    def check(self, _: Carrying) -> None:
        """Whether there is enough is asked of the account itself."""

    def settle(self, carrying: Carrying) -> None:
        conn, new = carrying.conn, carrying.record.instruction_id
        opened = _business_date(conn, new)
        (months,) = conn.execute("SELECT months FROM deposits WHERE deposit = ?", (new,)).fetchone()
        conn.execute(
            "UPDATE deposits SET state = 'ACTIVE', opened = ?, matures = ? WHERE deposit = ?",
            (opened.isoformat(), months_on(opened, months).isoformat(), new),
        )


class WithdrawalKind:
    """A deposit broken before its day: the part taken earns the current rate."""

    moves_money = True

    def product(self, _: Carrying) -> str:
        return "fixed_deposit"

    def channel(self, _: Carrying) -> str:
        return "chat"

    def known(self, _: Carrying) -> bool:
        return False

    def check(self, carrying: Carrying) -> None:
        conn, record = carrying.conn, carrying.record
        _check_part(_withdrawn(conn, record.instruction_id), record.amount, SHIPPED)

    def settle(self, carrying: Carrying) -> None:
        conn, record, _, office = carrying
        stored = _withdrawn(conn, record.instruction_id)
        today = _business_date(conn, record.instruction_id)
        days = (today - date.fromisoformat(stored.opened)).days
        _reduce(conn, stored, record.amount)
        _pay_interest(conn, office, stored, for_days(record.amount, SHIPPED.current, days))


class PayoutKind(DepositKind):
    """A matured deposit on its way back."""

    def channel(self, _: Carrying) -> str:
        return "bank"

    def settle(self, _: Carrying) -> None:
        """Its rows are written by whoever pays it out."""


class SavingCounter:
    """Opening, breaking, paying out."""

    def __init__(self, office: Office, figures: SavingFigures) -> None:
        self._office, self._figures = office, figures
        self._rates = dict(figures.terms)

    async def terms(self) -> Sequence[Term]:
        return [Term(*each) for each in self._figures.terms]

    async def of(self, customer: str) -> Sequence[Deposit]:
        def query(conn: sqlite3.Connection) -> list[Deposit]:
            rows = conn.execute(
                "SELECT * FROM deposits WHERE customer = ? AND state <> 'QUOTED'"
                " ORDER BY opened DESC, deposit DESC",
                (customer,),
            ).fetchall()
            return [_seen(conn, _Stored(*row)) for row in rows]

        return await self._office.books.read(query)

    async def create(self, asked: DepositOrder, idempotency_key: str) -> Instruction:
        request = keyed(idempotency_key, asked.customer, DEPOSIT, asked)
        checked_text(asked.device, "device", 200)
        amount = checked_amount(asked.amount, self._office.rules)
        if asked.months not in self._rates:
            raise BankRefusal(RefusalCode.INVALID_REQUEST, "not a term on offer")
        if asked.amount < self._figures.least:
            raise BankRefusal(RefusalCode.INVALID_AMOUNT, "under the least")
        rate = self._rates[asked.months]

        def quote(conn: sqlite3.Connection) -> Terms:
            at = to_us(self._office.now())
            check_unlocked(customer_facts(conn, asked.customer), at)
            payer = own_account(conn, asked.customer, asked.payer_number)
            if amount > payer.available:
                left = payer.available
                raise BankRefusal(RefusalCode.INSUFFICIENT_FUNDS, "not enough available", left=left)
            interest = Money(for_term(amount, rate, asked.months))
            memo = f"{asked.months} / {_percent(rate)} / {interest}"
            return _terms(
                DEPOSIT, asked.customer, asked.device, payer, _pool(conn, at), amount, memo
            )

        def keep(conn: sqlite3.Connection, new: str) -> None:
            account = own_account(conn, asked.customer, asked.payer_number).account_id
            row = (new, asked.customer, account, amount, asked.months, rate, "", "", "QUOTED")
            conn.execute("INSERT INTO deposits VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

        return await order(self._office, request, asked.customer, quote, keep)

    async def withdraw(self, asked: WithdrawalOrder, idempotency_key: str) -> Instruction:
        request = keyed(idempotency_key, asked.customer, WITHDRAWAL, asked)
        checked_text(asked.device, "device", 200)
        if asked.amount is not None:
            checked_amount(asked.amount, self._office.rules)

        def quote(conn: sqlite3.Connection) -> Terms:
            at = to_us(self._office.now())
            check_unlocked(customer_facts(conn, asked.customer), at)
            stored = _find(conn, asked.deposit, asked.customer)
            amount = stored.principal if asked.amount is None else asked.amount.fen
            _check_part(stored, amount, self._figures)
            back = account_by_id(conn, stored.account_id)
            days = (self._today() - date.fromisoformat(stored.opened)).days
            memo = str(Money(for_days(amount, self._figures.current, days)))
            pool = _pool(conn, at)
            return _terms(WITHDRAWAL, asked.customer, asked.device, pool, back, amount, memo)

        def keep(conn: sqlite3.Connection, new: str) -> None:
            conn.execute("INSERT INTO deposit_withdrawals VALUES (?, ?)", (new, asked.deposit))

        return await order(self._office, request, asked.customer, quote, keep)

    async def pay_due(self) -> int:
        """Pay out what has matured, each once; how many."""
        due = await self._office.books.read(self._due)
        for deposit, customer in due:
            await self._office.books.write(
                deposit, partial(self._pay_out, deposit=deposit, customer=customer)
            )
        return len(due)

    def pay_matured(self, conn: sqlite3.Connection) -> int:
        """The same in the caller's transaction; the most at once, or fewer when no more is due."""
        due = self._due(conn)
        for deposit, customer in due:
            self._pay_out(conn, deposit, customer)
        return len(due)

    def _due(self, conn: sqlite3.Connection) -> list[tuple[str, str]]:
        return conn.execute(
            "SELECT deposit, customer FROM deposits WHERE state = 'ACTIVE' AND matures <= ?"
            " LIMIT ?",
            (self._today().isoformat(), AT_ONCE),
        ).fetchall()

    def _pay_out(self, conn: sqlite3.Connection, deposit: str, customer: str) -> None:
        stored = _find(conn, deposit, customer)
        if stored.state != "ACTIVE":  # another process was first
            return
        pool = _pool(conn, to_us(self._office.now()))
        back = account_by_id(conn, stored.account_id)
        at_once(
            conn,
            _terms(PAYOUT, customer, "bank", pool, back, stored.principal, ""),
            self._office,
        )
        _reduce(conn, stored, stored.principal)
        interest = for_term(stored.principal, stored.rate, stored.months)
        _pay_interest(conn, self._office, stored, interest)

    def _today(self) -> date:
        return self._office.today()


def _percent(rate: int) -> str:
    """17,500 millionths are 1.75%."""
    return f"{rate // 10_000}.{rate % 10_000 // 100:02d}%"


def _terms(
    kind: str,
    customer: str,
    device: str,
    payer: LedgerAccount,
    payee: LedgerAccount,
    amount: int,
    memo: str,
) -> Terms:
    return Terms(kind, customer, device, payer, payee, amount, _TITLE, memo)


def _check_part(stored: _Stored, amount: int, figures: SavingFigures) -> None:
    left = stored.principal - amount
    if stored.state != "ACTIVE" or left < 0 or 0 < left < figures.least.fen:
        raise BankRefusal(RefusalCode.INVALID_AMOUNT, "all of it, or a part", left=stored.principal)


def _reduce(conn: sqlite3.Connection, stored: _Stored, amount: int) -> None:
    state = "ACTIVE" if stored.principal > amount else "PAID"
    conn.execute(
        "UPDATE deposits SET principal = principal - ?, state = ? WHERE deposit = ?",
        (amount, state, stored.deposit),
    )


def _pay_interest(conn: sqlite3.Connection, office: Office, stored: _Stored, amount: int) -> None:
    """The bank's own act, told like any movement; nothing where it rounds to nothing."""
    if not amount:
        return
    moment = office.now()
    title = office.rules.bank_name
    movement = Movement(
        kind="interest",
        product="interest",
        channel="bank",
        payer=system_account(conn, _EXPENSE, _EXPENSE, title, to_us(moment)),
        payee=account_by_id(conn, stored.account_id),
        amount=amount,
        moment=moment,
        instruction_id=None,
    )
    move(conn, movement, office)


def _pool(conn: sqlite3.Connection, at: int) -> LedgerAccount:
    return system_account(conn, "escrow", "deposits/fixed", _TITLE, at)


def _find(conn: sqlite3.Connection, deposit: str, customer: str) -> _Stored:
    row = conn.execute(
        "SELECT * FROM deposits WHERE deposit = ? AND customer = ? AND state <> 'QUOTED'",
        (deposit, customer),
    ).fetchone()
    if row is None:
        raise BankRefusal(RefusalCode.NOT_FOUND, "no such deposit")
    return _Stored(*row)


def _withdrawn(conn: sqlite3.Connection, instruction_id: str) -> _Stored:
    row = conn.execute(
        "SELECT d.* FROM deposits d JOIN deposit_withdrawals w USING (deposit)"
        " WHERE w.instruction_id = ?",
        (instruction_id,),
    ).fetchone()
    return _Stored(*row)


def _business_date(conn: sqlite3.Connection, instruction_id: str) -> date:
    (day,) = conn.execute(
        "SELECT business_date FROM journal WHERE instruction_id = ?", (instruction_id,)
    ).fetchone()
    return date.fromisoformat(day)


def _seen(conn: sqlite3.Connection, stored: _Stored) -> Deposit:
    return Deposit(
        deposit=stored.deposit,
        principal=Money(stored.principal),
        months=stored.months,
        rate=stored.rate,
        opened=date.fromisoformat(stored.opened),
        matures=date.fromisoformat(stored.matures),
        interest=Money(for_term(stored.principal, stored.rate, stored.months)),
        account_tail=account_by_id(conn, stored.account_id).tail,
        active=stored.state == "ACTIVE",
    )
