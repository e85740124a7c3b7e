"""The auditor finds what was done to the file behind the bank's back."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from bank_bridge.contract import BankError, Money
from bank_bridge.ledger.auditor import audit
from bank_bridge.ledger.report import SHOWN, AuditReport, Violation
from tests.contracts.bank_samples import Teller
from tests.tampering import tamper

# Entries of the file: 1 and 2 open the accounts, 3 is the transfer, 4 a purchase.
# Accounts: 1 is Zhang Wei's, 2 the bank's cash, 3 Li Na's, 4 the merchant's.


@pytest.fixture
async def books(teller: Teller, bank_file: Path) -> Path:
    await teller.done(500_00)
    await teller.bank.purchase("zhangwei", "京东", Money(328_00), "buy")
    return bank_file


def faults(path: Path) -> set[str]:
    return {violation.invariant for violation in audit(path).violations}


def rehashed(path: Path) -> None:
    """Chain the journal anew, as a careful forger would."""
    updates = []
    with closing(sqlite3.connect(path)) as conn:
        prev = bytes(32)
        for facts in conn.execute(
            "SELECT seq, kind, instruction_id, posted_at, business_date FROM journal ORDER BY seq"
        ).fetchall():
            legs = conn.execute(
                "SELECT account_id, debit, credit, balance_after FROM postings WHERE seq = ?"
                " ORDER BY account_id",
                facts[:1],
            ).fetchall()
            digest = hashlib.sha256(prev + msgspec.json.encode([*facts, legs])).digest()
            updates.append((prev, digest, facts[0]))
            prev = digest
        conn.execute("DROP TRIGGER journal_no_update")
        conn.executemany("UPDATE journal SET prev_hash = ?, hash = ? WHERE seq = ?", updates)
        conn.commit()


async def test_untouched_books_are_right(books: Path) -> None:
    report = audit(books)
    assert report.clean
    assert (report.entries, report.postings, report.instructions) == (4, 8, 2)
    assert "the books are right" in report.page()


async def test_the_guards_refuse_what_the_forger_must_first_take_away(books: Path) -> None:
    with closing(sqlite3.connect(books)) as conn:
        for statement in (
            "UPDATE journal SET kind = 'purchase'",
            "DELETE FROM journal",
            "UPDATE postings SET debit = 1",
            "DELETE FROM postings",
            "UPDATE outbox SET event = x'00'",
            "DELETE FROM outbox",
            "UPDATE instruction_history SET to_state = 'FAILED'",
            "DELETE FROM instruction_history",
            "UPDATE holds SET resolution = 'voided'",
            "DELETE FROM holds",
            "UPDATE accounts SET debits_posted = 0",
            "DELETE FROM accounts",
            "UPDATE instructions SET amount = 1, version = 99",
            "DELETE FROM instructions",
            "UPDATE idempotency SET result = 'x'",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                conn.execute(statement)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (
            ["UPDATE accounts SET credits_posted = credits_posted + 1 WHERE account_id = 1"],
            "L3",
        ),
        (["UPDATE accounts SET debits_pending = 1 WHERE account_id = 3"], "L3"),
        (["UPDATE accounts SET debits_posted = 99999999 WHERE account_id = 3"], "L4"),
        (["UPDATE postings SET credit = credit + 100 WHERE seq = 3 AND credit > 0"], "L1"),
        (["UPDATE postings SET balance_after = 7 WHERE seq = 3 AND account_id = 3"], "L3"),
        (["UPDATE journal SET business_date = '2030-01-01' WHERE seq = 2"], "L10"),
        (["UPDATE journal SET hash = zeroblob(32) WHERE seq = 4"], "L10"),
        (["DELETE FROM postings WHERE seq = 2", "DELETE FROM journal WHERE seq = 2"], "L9"),
        (["DELETE FROM journal WHERE seq = 4"], "L8"),
        (["DELETE FROM postings WHERE seq = 4", "DELETE FROM journal WHERE seq = 4"], "L6"),
        (["UPDATE postings SET account_id = 77 WHERE seq = 3 AND account_id = 3"], "L3"),
        (["UPDATE instructions SET state = 'FAILED', version = version + 1"], "L6"),
        (["UPDATE instructions SET amount = amount + 1"], "L6"),
        (["UPDATE journal SET instruction_id = NULL WHERE seq = 3"], "L6"),
        (["UPDATE holds SET resolution = 'voided'"], "L6"),
        (["DELETE FROM instruction_history WHERE version = 2"], "L6"),
        (["UPDATE postings SET credit = -5, debit = -5 WHERE seq = 1"], "L1"),
        (
            [
                "CREATE TABLE j AS SELECT * FROM journal",
                "DROP TABLE journal",
                "ALTER TABLE j RENAME TO journal",
                "UPDATE journal SET instruction_id = 'id-6' WHERE seq IN (3, 4)",
            ],
            "L6",
        ),
    ],
)
async def test_a_planted_fault_is_reported(
    books: Path, statements: list[str], expected: str
) -> None:
    if "DROP TABLE journal" in statements:  # its guards go with it
        with closing(sqlite3.connect(books, isolation_level=None)) as conn:
            for statement in statements:
                conn.execute(statement)
        assert "L5" in faults(books)
    else:
        tamper(books, *statements)
    report = audit(books)
    assert expected in faults(books)
    assert "FAULT" in report.page()


async def test_money_from_nowhere_is_found_even_with_a_new_chain(books: Path) -> None:
    tamper(
        books,
        "UPDATE postings SET credit = credit + 100, balance_after = balance_after + 100"
        " WHERE seq = 3 AND account_id = 3",
        "UPDATE accounts SET credits_posted = credits_posted + 100 WHERE account_id = 3",
    )
    rehashed(books)
    assert faults(books) == {"L1", "L2", "L5", "L15"}


async def test_an_overdrawn_past_is_found(books: Path) -> None:
    tamper(
        books,
        "UPDATE postings SET debit = debit * 100 WHERE seq = 3 AND debit > 0",
    )
    assert "L4" in faults(books)


async def test_missing_guards_are_a_fault_of_their_own(books: Path) -> None:
    with closing(sqlite3.connect(books)) as conn:
        conn.execute("DROP TRIGGER journal_no_update")
    assert audit(books).violations == [Violation("L5", "the guard journal_no_update is gone")]


def test_a_long_list_of_faults_is_cut_for_reading() -> None:
    many = [Violation("L1", f"entry {n} does not balance") for n in range(SHOWN + 7)]
    page = AuditReport(1, 2, 3, 4, "00", "L1: it broke", many).page()
    assert "and 7 more" in page
    assert "WRITES ARE STOPPED: L1: it broke" in page


def test_no_books_is_an_error_and_not_a_clean_report(tmp_path: Path) -> None:
    with pytest.raises(BankError, match="cannot read"):
        audit(tmp_path / "bank.db")
    (tmp_path / "bank.db").write_bytes(b"not a database, but long enough to be looked at" * 50)
    with pytest.raises(BankError, match="cannot read"):
        audit(tmp_path / "bank.db")
