"""What must be true of every commit, asked of the rows themselves just before it.

Called by the writer with the journal's head from before the batch. It trusts nothing the
posting code computed, and looks only at what the batch touched; the auditor looks at all.
"""

from __future__ import annotations

import sqlite3

_CHECKS = (
    (
        "L1",
        "an entry does not balance",
        """
        SELECT p.seq FROM postings p JOIN accounts a USING (account_id) WHERE p.seq > ?
        GROUP BY p.seq, a.currency HAVING SUM(p.debit) <> SUM(p.credit)
        """,
    ),
    (
        "L3",
        "a running balance does not follow from the one before",
        """
        SELECT p.seq FROM postings p WHERE p.seq > ? AND p.balance_after <> p.credit - p.debit
            + COALESCE((SELECT q.balance_after FROM postings q WHERE q.account_id = p.account_id
                AND q.seq < p.seq ORDER BY q.seq DESC LIMIT 1), 0)
        """,
    ),
    (
        "L3",
        "a stored balance is not the journal's",
        """
        SELECT a.account_id FROM accounts a
        WHERE a.account_id IN (SELECT account_id FROM postings WHERE seq > ?)
        AND (a.credits_posted - a.debits_posted <> (SELECT q.balance_after FROM postings q
                WHERE q.account_id = a.account_id ORDER BY q.seq DESC LIMIT 1)
            OR a.debits_pending <> (SELECT COALESCE(SUM(h.amount), 0) FROM holds h
                WHERE h.account_id = a.account_id AND h.resolution IS NULL))
        """,
    ),
    (
        "L4",
        "an account is overdrawn",
        """
        SELECT a.account_id FROM accounts a
        WHERE a.account_id IN (SELECT account_id FROM postings WHERE seq > ?)
        AND NOT a.may_overdraw AND a.credits_posted - a.debits_posted - a.debits_pending < 0
        """,
    ),
    (
        "L6",
        "an entry takes more than its hold, or its hold goes on",
        """
        SELECT j.seq FROM journal j JOIN holds h USING (instruction_id)
        JOIN postings p ON p.seq = j.seq AND p.account_id = h.account_id
        WHERE j.seq > ? AND (p.debit > h.amount OR h.resolution IS NOT 'posted')
        """,
    ),
    (
        "L9",
        "the journal has a gap",
        """
        SELECT MAX(seq) FROM journal WHERE seq > ?1 HAVING COUNT(*) <> MAX(seq) - ?1
        """,
    ),
    (
        "L11",
        "an entry is on a closed date",
        """
        SELECT seq FROM journal WHERE seq > ? AND business_date <=
            (SELECT MAX(business_date) FROM business_days WHERE sealed_at IS NOT NULL)
        """,
    ),
    (
        "L12",
        "assets are exchanged without a trading account",
        """
        SELECT p.seq FROM postings p JOIN accounts a USING (account_id) WHERE p.seq > ?
        GROUP BY p.seq HAVING MIN(a.currency) <> MAX(a.currency)
        AND EXISTS (SELECT 1 FROM postings q JOIN accounts b USING (account_id)
            WHERE q.seq = p.seq AND NOT EXISTS (SELECT 1 FROM postings r
                JOIN accounts t USING (account_id)
                WHERE r.seq = p.seq AND t.kind = 'trading' AND t.currency = b.currency))
        """,
    ),
    (
        "L13",
        "a suspense account is not the sum of its open cases",
        """
        SELECT a.account_id FROM accounts a
        WHERE a.account_id IN (SELECT account_id FROM postings WHERE seq > ?)
        AND a.kind = 'suspense' AND a.credits_posted - a.debits_posted <>
            (SELECT COALESCE(SUM(c.amount), 0) FROM suspense_cases c
                WHERE c.account_id = a.account_id AND c.closed_at IS NULL)
        """,
    ),
    (
        "L14",
        "more is given back than was paid",
        """
        SELECT n.seq FROM journal n WHERE n.seq > ? AND n.corrects IS NOT NULL
        AND (SELECT SUM(p.debit) FROM journal c JOIN postings p USING (seq)
                WHERE c.corrects = n.corrects)
            > (SELECT COALESCE(SUM(o.debit), 0) FROM postings o WHERE o.seq = n.corrects)
        """,
    ),
    (
        "L15",
        "a counter misses an entry",
        """
        SELECT p.account_id FROM postings p JOIN journal j USING (seq) LEFT JOIN turnover t
            ON t.account_id = p.account_id AND t.business_date = j.business_date
            AND t.kind = j.kind
        WHERE p.seq > ? GROUP BY p.account_id, j.business_date, j.kind
        HAVING SUM(p.debit) > IFNULL(MAX(t.debited), -1)
            OR SUM(p.credit) > IFNULL(MAX(t.credited), -1)
        """,
    ),
)


class InvariantViolated(Exception):
    """The books would be wrong: nothing more may be written until a person has looked."""

    def __init__(self, invariant: str, detail: str) -> None:
        super().__init__(f"{invariant}: {detail}")


def check_commit(conn: sqlite3.Connection, after_seq: int) -> None:
    """Raise InvariantViolated if what follows `after_seq` may not be committed."""
    for invariant, meaning, query in _CHECKS:
        broken = conn.execute(query, (after_seq,)).fetchone()
        if broken is not None:
            raise InvariantViolated(invariant, f"{meaning} (row {broken[0]})")
