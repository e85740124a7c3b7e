"""The billers' desk: who may collect, what they upload, and the day's accounts with them.

Two officers admit every biller and every item; until then nothing of theirs can be queried.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec
import structlog

from bank_bridge.contract import BankRefusal, Money, RefusalCode
from bank_bridge.instructions.office import Office
from bank_bridge.instructions.requests import checked_amount, checked_text
from bank_bridge.ledger import journal, suspense
from bank_bridge.ledger.accounts import system_account
from bank_bridge.ledger.database import to_us
from bank_bridge.product_contract import (
    BillerDay,
    BillerLine,
    BillException,
    NewBiller,
    NewItem,
    UploadedBill,
)
from bank_bridge.products.bills.figures import BillFigures

SETTLED, SET_ASIDE = "settlement", "suspense"  # kinds of the journal
_MOST_BILLS = 100_000  # in one file
_WORD = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")

log = structlog.get_logger()


class BillerCounter:
    """Admission, uploads and reconciliation."""

    def __init__(self, office: Office, figures: BillFigures) -> None:
        self._office = office
        self._categories = frozenset(category for category, _, _ in figures.categories)

    async def propose_biller(self, new: NewBiller, maker: str) -> None:
        _checked_word(new.biller)
        for field in ("name", "licence", "legal_person", "agreement", "application"):
            checked_text(getattr(new, field), field, 100)
        checked_text(maker, "maker", 100)
        documents = msgspec.json.encode(new).decode()

        def operation(conn: sqlite3.Connection) -> None:
            _add(conn, "billers", "biller", (new.biller, new.name, documents, maker, None))

        await self._office.books.write(new.biller, operation)

    async def approve_biller(self, biller: str, checker: str) -> None:
        await self._office.books.write(
            biller, lambda conn: _approve(conn, "billers", "biller", biller, checker)
        )

    async def propose_item(self, new: NewItem, maker: str) -> None:
        _checked_word(new.item)
        checked_text(new.name, "name", 60)
        checked_text(maker, "maker", 100)
        if new.category not in self._categories:
            raise BankRefusal(RefusalCode.INVALID_REQUEST, "not one of the categories")
        try:
            re.compile(new.number_pattern)
        except re.error as exc:
            raise BankRefusal(RefusalCode.INVALID_REQUEST, "number_pattern") from exc
        row = (
            new.item,
            new.biller,
            new.name,
            new.category,
            new.mode,
            new.part_allowed,
            new.number_pattern,
            maker,
            None,
        )

        def operation(conn: sqlite3.Connection) -> None:
            _known_biller(conn, new.biller)
            _add(conn, "bill_items", "item", row)

        await self._office.books.write(new.item, operation)

    async def approve_item(self, item: str, checker: str) -> None:
        await self._office.books.write(
            item, lambda conn: _approve(conn, "bill_items", "item", item, checker)
        )

    async def upload(self, item: str, bills: Sequence[UploadedBill]) -> int:
        if len(bills) > _MOST_BILLS:
            raise BankRefusal(RefusalCode.INVALID_REQUEST, f"at most {_MOST_BILLS} bills a file")
        return await self._office.books.write(
            item, lambda conn: take_bills(conn, self._office, item, bills)
        )

    async def file(self, biller: str, day: date) -> Sequence[BillerLine]:
        def query(conn: sqlite3.Connection) -> list[BillerLine]:
            _known_biller(conn, biller)
            return [
                BillerLine(reference, Money(amount))
                for reference, amount in _payments_on(conn, biller, day).items()
            ]

        return await self._office.books.read(query)

    async def reconcile(self, biller: str, day: date, theirs: Sequence[BillerLine]) -> BillerDay:
        told = {line.reference: line.amount.fen for line in theirs}
        if len(told) != len(theirs):
            raise BankRefusal(RefusalCode.INVALID_REQUEST, "a reference is in the file twice")

        def operation(conn: sqlite3.Connection) -> BillerDay:
            _known_biller(conn, biller)
            done = conn.execute(
                "SELECT report FROM biller_days WHERE biller = ? AND business_date = ?",
                (biller, day.isoformat()),
            ).fetchone()
            if done is not None:
                return msgspec.json.decode(done[0], type=BillerDay)
            report = _Reconciliation(conn, self._office, biller, day).run(told)
            conn.execute(
                "INSERT INTO biller_days VALUES (?, ?, ?)",
                (biller, day.isoformat(), msgspec.json.encode(report).decode()),
            )
            log.info(
                "biller_reconciled",
                biller=biller,
                matched=report.matched,
                exceptions=len(report.exceptions),
            )
            return report

        return await self._office.books.write(biller, operation)


def take_bills(
    conn: sqlite3.Connection, office: Office, item: str, bills: Sequence[UploadedBill]
) -> int:
    """Store them; one that has been paid, even in part, keeps its amount. All or none."""
    row = conn.execute("SELECT number_pattern FROM bill_items WHERE item = ?", (item,)).fetchone()
    if row is None:
        raise BankRefusal(RefusalCode.NOT_FOUND, "no such item")
    pattern = re.compile(row[0])
    taken = 0
    for bill in bills:
        checked_amount(bill.amount, office.rules)
        checked_text(bill.owner, "owner", 60)
        checked_text(bill.period, "period", 20)
        if not pattern.fullmatch(bill.number):
            raise BankRefusal(RefusalCode.INVALID_REQUEST, "not a number of this item")
        changed = conn.execute(
            "INSERT INTO bills (bill_id, item, number, period, owner, amount, due)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (item, number, period) DO UPDATE SET"
            " owner = excluded.owner, amount = excluded.amount, due = excluded.due"
            " WHERE paid = 0",
            (
                office.new_id(),
                item,
                bill.number,
                bill.period,
                bill.owner,
                bill.amount.fen,
                bill.due.isoformat(),
            ),
        )
        taken += changed.rowcount
    return taken


class _Reconciliation:
    """One biller's day, in one commit: settle what both sides know, set the rest aside."""

    def __init__(self, conn: sqlite3.Connection, office: Office, biller: str, day: date) -> None:
        self._conn, self._office, self._biller, self._day = conn, office, biller, day
        self._moment: datetime = office.now()
        self._at = to_us(self._moment)
        self._owed = system_account(conn, "biller", f"biller/{biller}", biller, self._at)

    def run(self, theirs: Mapping[str, int]) -> BillerDay:
        ours = _payments_on(self._conn, self._biller, self._day)
        matched = [ref for ref, amount in ours.items() if theirs.get(ref) == amount]
        settled = sum(ours[ref] for ref in matched)
        if settled:
            account = system_account(
                self._conn, SETTLED, f"settled/{self._biller}", self._biller, self._at
            )
            self._post(SETTLED, account.account_id, settled)
        self._conn.executemany(
            "UPDATE bill_payments SET state = 'RECONCILED' WHERE reference = ?",
            [(ref,) for ref in matched],
        )
        exceptions = [
            self._exception(ref, ours.get(ref, 0), theirs.get(ref, 0))
            for ref in [*ours, *(ref for ref in theirs if ref not in ours)]
            if ours.get(ref) != theirs.get(ref)
        ]
        return BillerDay(self._biller, self._day, len(matched), Money(settled), exceptions)

    def _exception(self, reference: str, ours: int, theirs: int) -> BillException:
        """What we collected and the biller does not own to waits on suspense, with its case."""
        if not ours:
            case = f"{self._biller}/{self._day}/{reference}"
            return BillException(case, "theirs_only", reference, Money(0), Money(theirs))
        aside = suspense.suspense_account(self._conn, "billers", self._at)
        posted = self._post(SET_ASIDE, aside.account_id, ours)
        kind = "amount_differs" if theirs else "ours_only"
        reason = f"{kind} {self._biller} {reference}"
        opened = suspense.open_case(self._conn, posted, aside.account_id, reason, self._at)
        return BillException(str(opened.case_id), kind, reference, Money(ours), Money(theirs))

    def _post(self, kind: str, account_id: int, amount: int) -> journal.Posted:
        entry = journal.Entry(
            kind=kind,
            instruction_id=None,
            posted_at=self._at,
            business_date=self._office.rules.business_date(self._moment),
            legs=(
                journal.Leg(self._owed.account_id, -amount),
                journal.Leg(account_id, amount),
            ),
        )
        return journal.post(self._conn, entry)


def _payments_on(conn: sqlite3.Connection, biller: str, day: date) -> dict[str, int]:
    rows = conn.execute(
        "SELECT reference, amount FROM bill_payments WHERE biller = ? AND business_date = ?"
        " AND state <> 'REFUNDED' ORDER BY place",
        (biller, day.isoformat()),
    )
    return dict(rows.fetchall())


def _known_biller(conn: sqlite3.Connection, biller: str) -> None:
    if conn.execute("SELECT 1 FROM billers WHERE biller = ?", (biller,)).fetchone() is None:
        raise BankRefusal(RefusalCode.NOT_FOUND, "no such biller")


def _add(conn: sqlite3.Connection, table: str, key: str, row: Sequence[object]) -> None:
    """Store a proposal; the same again changes nothing, another one is ALREADY_EXISTS."""
    found = conn.execute(f"SELECT * FROM {table} WHERE {key} = ?", (row[0],)).fetchone()  # noqa: S608 - constants
    if found is None:
        marks = ", ".join("?" * len(row))
        conn.execute(f"INSERT INTO {table} VALUES ({marks})", tuple(row))  # noqa: S608 - constants
    elif tuple(found[:-1]) != tuple(row[:-1]):
        raise BankRefusal(RefusalCode.ALREADY_EXISTS, f"another {key} of this name")


def _approve(conn: sqlite3.Connection, table: str, key: str, name: str, checker: str) -> None:
    checked_text(checker, "checker", 100)
    row = conn.execute(f"SELECT maker, checker FROM {table} WHERE {key} = ?", (name,)).fetchone()  # noqa: S608 - constants
    if row is None:
        raise BankRefusal(RefusalCode.NOT_FOUND, f"no such {key}")
    maker, approved_by = row
    if maker == checker or approved_by not in (None, checker):
        log.warning("approval_refused", of=name, by=checker)
        raise BankRefusal(RefusalCode.ILLEGAL_TRANSITION, "a second officer approves, once")
    conn.execute(f"UPDATE {table} SET checker = ? WHERE {key} = ?", (checker, name))  # noqa: S608 - constants


def _checked_word(word: str) -> None:
    if not _WORD.fullmatch(word):
        raise BankRefusal(RefusalCode.INVALID_REQUEST, "a name is a-z, 0-9 and hyphens")
