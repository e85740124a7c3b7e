"""The auditor: works the books out again from the journal alone, and compares.

Comes in by the command line, beside a running bank, with a connection that cannot write.
It shares no code with posting on purpose; holds and instructions are read only to see
that each had at most one effect.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import groupby
from pathlib import Path

from bank_bridge.contract import BankError
from bank_bridge.ledger.contradictions import CONTRADICTIONS
from bank_bridge.ledger.heads import Head
from bank_bridge.ledger.report import AuditReport, ChainReport, Violation

_GUARDS = frozenset(
    f"{table}_{guard}"
    for table, guard in (
        ("journal", "no_update"),
        ("journal", "no_delete"),
        ("postings", "no_update"),
        ("postings", "no_delete"),
        ("outbox", "no_update"),
        ("outbox", "no_delete"),
        ("history", "no_update"),
        ("history", "no_delete"),
        ("idempotency", "no_update"),
        ("instructions", "no_delete"),
        ("instructions", "keep_terms"),
        ("holds", "no_delete"),
        ("holds", "resolve_once"),
        ("accounts", "no_delete"),
        ("suspense", "no_delete"),
        ("suspense", "close_once"),
        ("business_days", "no_delete"),
        ("business_days", "seal_once"),
        ("statements", "no_update"),
        ("statements", "no_delete"),
        ("approvals", "no_delete"),
        ("approvals", "decide_once"),
    )
)
_GROWING = "accounts_only_grow"


class _Fold:
    """The balances that the journal's entries add up to, and what was wrong on the way."""

    def __init__(self, conn: sqlite3.Connection, exported: Sequence[Head]) -> None:
        self._conn = conn
        self._overdraft = dict(conn.execute("SELECT account_id, may_overdraw FROM accounts"))
        self._currency = dict(conn.execute("SELECT account_id, currency FROM accounts"))
        self.debits: defaultdict[int, int] = defaultdict(int)
        self.credits: defaultdict[int, int] = defaultdict(int)
        closed = conn.execute(
            "SELECT business_date, head_seq, head_hash FROM business_days WHERE head_seq > 0"
        )
        self._heads = {Head(day, seq, digest.hex()) for day, seq, digest in closed} | {
            head for head in exported if head.seq
        }
        self._at = {head.seq: {h for h in self._heads if h.seq == head.seq} for head in self._heads}
        self._met: set[Head] = set()
        self.seq = 0
        self.entries = 0
        self.postings = 0
        self.hash = bytes(32)

    def run(self) -> Iterator[Violation]:
        rows = self._conn.execute(
            "SELECT j.seq, j.kind, j.instruction_id, j.posted_at, j.business_date, j.prev_hash,"
            " j.hash, j.corrects, p.account_id, p.debit, p.credit, p.balance_after"
            " FROM journal j LEFT JOIN postings p USING (seq) ORDER BY j.seq, p.account_id"
        )
        for head, group in groupby(rows, key=lambda row: row[:8]):
            yield from self._entry(head, [list(row[8:]) for row in group if row[8] is not None])
        for head in sorted(self._heads - self._met, key=lambda head: head.business_date):
            yield Violation(
                "L10", f"{head.business_date} was closed at entry {head.seq} with another hash"
            )

    def _entry(self, head: tuple[object, ...], legs: list[list[int]]) -> Iterator[Violation]:
        *facts, prev_hash, digest, corrects = head
        seq = int(str(facts[0]))
        self.entries += 1
        if seq != self.seq + 1:
            yield Violation("L9", f"entry {seq} follows entry {self.seq}")
        told = [*facts, legs] if corrects is None else [*facts, legs, corrects]
        canonical = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        if prev_hash != self.hash:
            yield Violation("L10", f"entry {seq} is not chained to the one before")
        if digest != hashlib.sha256(self.hash + canonical).digest():
            yield Violation("L10", f"entry {seq} is not what was hashed")
        self.seq, self.hash = seq, bytes(digest) if isinstance(digest, bytes) else b""
        self._met |= {head for head in self._at.get(seq, ()) if head.hash == self.hash.hex()}
        yield from self._legs(seq, legs)

    def _legs(self, seq: int, legs: list[list[int]]) -> Iterator[Violation]:
        totals: defaultdict[str, int] = defaultdict(int)
        for account_id, debit, credit, balance_after in legs:
            self.postings += 1
            self.debits[account_id] += debit
            self.credits[account_id] += credit
            totals[self._currency.get(account_id, "?")] += credit - debit
            balance = self.credits[account_id] - self.debits[account_id]
            if debit < 0 or credit < 0:
                yield Violation("L1", f"entry {seq} has a negative posting")
            if balance != balance_after:
                yield Violation("L3", f"account {account_id} had {balance} after entry {seq}")
            if balance < 0 and not self._overdraft.get(account_id, False):
                yield Violation("L4", f"account {account_id} overdrawn by entry {seq}")
        if not legs or any(totals.values()):
            yield Violation("L1", f"entry {seq} does not balance")


def audit(path: Path, exported: Sequence[Head] = ()) -> AuditReport:
    """Read the whole file at one moment. Raises BankError when there is nothing to read."""
    with _reading(path) as conn:
        return _audit(conn, exported)


def verify_chain(path: Path, exported: Sequence[Head] = ()) -> ChainReport:
    """The chain of hashes alone, and whether it goes through every head that was exported."""
    with _reading(path) as conn:
        fold = _Fold(conn, exported)
        faults = [v for v in fold.run() if v.invariant in {"L9", "L10"}]
        return ChainReport(fold.entries, fold.seq, fold.hash.hex(), len(exported), sorted(faults))


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as conn:
            conn.execute("BEGIN")
            yield conn
    except sqlite3.Error as exc:
        raise BankError(f"cannot read the bank's file {path}: {exc}") from exc


def _audit(conn: sqlite3.Connection, exported: Sequence[Head]) -> AuditReport:
    fold = _Fold(conn, exported)
    violations = [*fold.run(), *_balances(conn, fold), *_contradictions(conn), *_guards(conn)]
    stop = conn.execute("SELECT reason FROM write_stops WHERE lifted_at IS NULL").fetchone()
    return AuditReport(
        entries=conn.execute("SELECT COUNT(*) FROM journal").fetchone()[0],
        postings=fold.postings,
        accounts=conn.execute("SELECT COUNT(*) FROM accounts").fetchone()[0],
        instructions=conn.execute("SELECT COUNT(*) FROM instructions").fetchone()[0],
        head_hash=fold.hash.hex(),
        writes_stopped=None if stop is None else stop[0],
        violations=sorted(violations),
    )


def _balances(conn: sqlite3.Connection, fold: _Fold) -> Iterator[Violation]:
    """Compare what is stored with what the journal and the open holds add up to."""
    pending = dict(
        conn.execute(
            "SELECT account_id, SUM(amount) FROM holds WHERE resolution IS NULL GROUP BY account_id"
        )
    )
    totals: defaultdict[str, int] = defaultdict(int)
    known = set()
    rows = conn.execute(
        "SELECT account_id, currency, may_overdraw, debits_posted, credits_posted, debits_pending"
        " FROM accounts"
    )
    for account_id, currency, may_overdraw, debits, credits_, reserved in rows:
        known.add(account_id)
        totals[currency] += fold.credits[account_id] - fold.debits[account_id]
        if (debits, credits_) != (fold.debits[account_id], fold.credits[account_id]):
            yield Violation("L3", f"account {account_id} stores another posted balance")
        if reserved != pending.get(account_id, 0):
            yield Violation("L3", f"account {account_id} stores another pending balance")
        if not may_overdraw and credits_ - debits - reserved < 0:
            yield Violation("L4", f"account {account_id} is overdrawn")
    for currency, total in totals.items():
        if total:
            yield Violation("L2", f"{currency} adds up to {total}")
    for account_id in set(fold.debits) - known:
        yield Violation("L3", f"postings on account {account_id}, which does not exist")


def _contradictions(conn: sqlite3.Connection) -> Iterator[Violation]:
    yield from _references(conn)
    for invariant, detail, query in CONTRADICTIONS:
        for row in conn.execute(query):
            yield Violation(invariant, detail.format(row[0]))


def _references(conn: sqlite3.Connection) -> Iterator[Violation]:
    try:
        for table, _, parent, _ in conn.execute("PRAGMA foreign_key_check"):
            yield Violation("L8", f"a row of {table} names one of {parent} that is not there")
    except sqlite3.OperationalError as exc:  # the tables are not those of this program
        yield Violation("L8", f"references cannot be checked: {exc}")


def _guards(conn: sqlite3.Connection) -> Iterator[Violation]:
    standing = {name for (name,) in conn.execute("SELECT name FROM sqlite_master")}
    for guard in sorted(_GUARDS - standing):
        yield Violation("L5", f"the guard {guard} is gone")
    if _GROWING not in standing:
        yield Violation("L7", f"the guard {_GROWING} is gone")
