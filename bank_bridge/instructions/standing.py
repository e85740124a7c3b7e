"""A customer's standing: wrong codes in a row and the day's block that follows, and freezes."""

from __future__ import annotations

import sqlite3

import structlog

from bank_bridge.contract import BankRefusal, RefusalCode
from bank_bridge.instructions.customers import CustomerFacts
from bank_bridge.instructions.rules import Rules

log = structlog.get_logger()


def check_unlocked(facts: CustomerFacts, at: int) -> None:
    """Raise FROZEN or AUTH_LOCKED while the customer's money commands are blocked."""
    if facts.frozen is not None:
        raise _frozen(facts.frozen)
    if at < facts.locked_until:
        raise locked(facts.locked_until - at)


def check_not_frozen(conn: sqlite3.Connection, customer: str | None) -> None:
    """Raise FROZEN if nothing may leave this customer's accounts; the bank's own have none."""
    row = conn.execute(
        "SELECT case_id FROM freezes WHERE customer = ? AND lifted_at IS NULL", (customer,)
    ).fetchone()
    if row is not None:
        raise _frozen(row[0])


def _frozen(case: str) -> BankRefusal:
    return BankRefusal(RefusalCode.FROZEN, "the customer's accounts are frozen", case=case)


def locked(left_us: int) -> BankRefusal:
    return BankRefusal(
        RefusalCode.AUTH_LOCKED, "money commands are blocked", retry_after_s=-(-left_us // 10**6)
    )


def count_failure(conn: sqlite3.Connection, facts: CustomerFacts, at: int, rules: Rules) -> int:
    """One more wrong code; how many may still follow before the block, zero being the block."""
    left = rules.failures_before_lock - facts.failures - 1
    failures, locked_until = (facts.failures + 1, 0) if left else (0, at + rules.lock_s * 10**6)
    conn.execute(
        "UPDATE customers SET failures = ?, locked_until = ? WHERE customer = ?",
        (failures, locked_until, facts.customer),
    )
    if not left:
        log.warning("money_commands_locked", customer=facts.customer)
    return left


def clear_failures(conn: sqlite3.Connection, facts: CustomerFacts) -> None:
    if facts.failures:
        conn.execute("UPDATE customers SET failures = 0 WHERE customer = ?", (facts.customer,))
