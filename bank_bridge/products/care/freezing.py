"""Freezing: one commit in which nothing can leave any more, and the case that it becomes.

That a frozen customer's money stays is held to where money moves (`instructions.standing`);
here a case is opened and lifted.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import structlog

from bank_bridge.contract import BankRefusal, RefusalCode
from bank_bridge.contract import InstructionState as State
from bank_bridge.freeze_contract import Freeze, FreezeReason
from bank_bridge.instructions.clearing import recall
from bank_bridge.instructions.customers import customer_facts
from bank_bridge.instructions.office import Office
from bank_bridge.instructions.records import advance, find
from bank_bridge.instructions.requests import checked_text
from bank_bridge.ledger.accounts import accounts_of
from bank_bridge.ledger.database import from_us, to_us

_SELECT = (
    "SELECT case_id, customer, reason, frozen_at, called_back, maker, checker, lifted_at"
    " FROM freezes "
)
_MOST = 1_000
_Row = tuple[str, str, str, int, int, str, str, int | None]

log = structlog.get_logger()


class FreezeCounter:
    """Opening and lifting cases."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def freeze(self, customer: str, reason: FreezeReason) -> Freeze:
        case = self._office.new_id()

        def operation(conn: sqlite3.Connection) -> Freeze:
            customer_facts(conn, customer)
            at = to_us(self._office.now())
            if (known := _of(conn, customer)) is not None:
                return known
            called_back = _call_back(conn, customer, at)
            conn.execute(
                "INSERT INTO freezes (case_id, customer, reason, frozen_at, called_back)"
                " VALUES (?, ?, ?, ?, ?)",
                (case, customer, reason, at, called_back),
            )
            conn.execute(
                "UPDATE epay SET state = 'SUSPENDED' WHERE customer = ? AND state = 'ACTIVE'",
                (customer,),
            )
            log.warning("customer_frozen", customer=customer, case=case, reason=reason)
            return _case(conn, case)

        return await self._office.books.write(customer, operation)

    async def of(self, customer: str) -> Freeze | None:
        return await self._office.books.read(lambda conn: _of(conn, customer))

    async def open_cases(self, limit: int) -> Sequence[Freeze]:
        if not 1 <= limit <= _MOST:
            raise BankRefusal(RefusalCode.INVALID_REQUEST, f"limit is 1 to {_MOST}")

        def query(conn: sqlite3.Connection) -> list[Freeze]:
            rows = conn.execute(
                _SELECT + "WHERE lifted_at IS NULL ORDER BY frozen_at LIMIT ?", (limit,)
            )
            return [_seen(conn, row) for row in rows.fetchall()]

        return await self._office.books.read(query)

    async def propose(self, case: str, maker: str) -> Freeze:
        checked_text(maker, "maker", 100)

        def operation(conn: sqlite3.Connection) -> Freeze:
            known = _case(conn, case)
            if known.lifted_at is not None or known.maker not in ("", maker):
                raise BankRefusal(RefusalCode.ILLEGAL_TRANSITION, "proposed or lifted before")
            conn.execute("UPDATE freezes SET maker = ? WHERE case_id = ?", (maker, case))
            return _case(conn, case)

        return await self._office.books.write(case, operation)

    async def approve(self, case: str, checker: str) -> Freeze:
        checked_text(checker, "checker", 100)

        def operation(conn: sqlite3.Connection) -> Freeze:
            known = _case(conn, case)
            if known.lifted_at is not None and known.checker == checker:
                return known
            if known.lifted_at is not None or not known.maker:
                raise BankRefusal(RefusalCode.ILLEGAL_TRANSITION, "lifted, or nobody proposed it")
            if known.maker == checker:
                text = "the maker cannot check it"
                raise BankRefusal(RefusalCode.STRONGER_PROOF_NEEDED, text)
            conn.execute(
                "UPDATE freezes SET checker = ?, lifted_at = ? WHERE case_id = ?",
                (checker, to_us(self._office.now()), case),
            )
            conn.execute(
                "UPDATE epay SET state = 'ACTIVE' WHERE customer = ? AND state = 'SUSPENDED'",
                (known.customer,),
            )
            log.warning("customer_unfrozen", customer=known.customer, case=case)
            return _case(conn, case)

        return await self._office.books.write(case, operation)


def _call_back(conn: sqlite3.Connection, customer: str, at: int) -> int:
    """Cancel what was proven and has not left yet; how much there was."""
    waiting = conn.execute(
        "SELECT instruction_id FROM clearing JOIN instructions USING (instruction_id)"
        " WHERE look_at IS NOT NULL AND customer = ? AND state = ?",
        (customer, State.HELD),
    ).fetchall()
    for (instruction_id,) in waiting:
        record = find(conn, instruction_id, customer)
        recall(conn, record, at)
        advance(conn, record, [State.CANCELLED], at)
    return len(waiting)


def _of(conn: sqlite3.Connection, customer: str) -> Freeze | None:
    row = conn.execute(_SELECT + "WHERE customer = ? AND lifted_at IS NULL", (customer,)).fetchone()
    return None if row is None else _seen(conn, row)


def _case(conn: sqlite3.Connection, case: str) -> Freeze:
    row = conn.execute(_SELECT + "WHERE case_id = ?", (case,)).fetchone()
    if row is None:
        raise BankRefusal(RefusalCode.NOT_FOUND, "no such case")
    return _seen(conn, row)


def _seen(conn: sqlite3.Connection, row: _Row) -> Freeze:
    case, customer, reason, frozen_at, called_back, maker, checker, lifted_at = row
    return Freeze(
        case=case,
        customer=customer,
        reason=FreezeReason(reason),
        frozen_at=from_us(frozen_at),
        account_tails=[account.tail for account in accounts_of(conn, customer)],
        called_back=called_back,
        maker=maker,
        checker=checker,
        lifted_at=None if lifted_at is None else from_us(lifted_at),
    )
