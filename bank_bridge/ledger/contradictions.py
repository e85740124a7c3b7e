"""What rows say that the journal does not: the auditor's questions, one statement each.

Read by the auditor only. Each finds rows that must not be; its first column names the row.
"""

from __future__ import annotations

# Entries that no instruction asked for: the bank's own acts, each named here on purpose.
_OWN_ACTS = "('opening_deposit', 'interest', 'adjustment', 'suspense', 'settlement')"

CONTRADICTIONS = (
    (
        "L6",  # an agreement is proven like a payment and moves nothing
        "instruction {} succeeded without exactly one entry of its amount from its payer",
        """
        SELECT i.instruction_id FROM instructions i
        LEFT JOIN journal j ON j.instruction_id = i.instruction_id
        LEFT JOIN postings p ON p.seq = j.seq AND p.account_id = i.payer_account
        WHERE i.state IN ('SUCCEEDED', 'PARTLY_REVERSED', 'REVERSED')
        GROUP BY i.instruction_id
        HAVING COUNT(p.seq) <> (MAX(i.kind) NOT GLOB '*_agreement')
            OR MAX(p.debit) <> MAX(i.amount + i.fee) OR MAX(j.kind) <> MAX(i.kind)
        """,
    ),
    (
        "L6",
        "entry {} moved money for an instruction that did not succeed, or for none",
        f"""
        SELECT j.seq FROM journal j LEFT JOIN instructions i USING (instruction_id)
        WHERE (j.instruction_id IS NULL AND j.kind NOT IN {_OWN_ACTS})
            OR (j.instruction_id IS NOT NULL
                AND IFNULL(i.state, '') NOT IN ('SUCCEEDED', 'PARTLY_REVERSED', 'REVERSED'))
        """,  # noqa: S608 - a constant
    ),
    (
        "L6",
        "more than one entry for instruction {}",
        """
        SELECT instruction_id FROM journal WHERE instruction_id IS NOT NULL
        GROUP BY instruction_id HAVING COUNT(*) > 1
        """,
    ),
    (
        "L6",
        "the hold of instruction {} ended otherwise than the journal says",
        """
        SELECT h.instruction_id FROM holds h LEFT JOIN journal j USING (instruction_id)
        LEFT JOIN postings p ON p.seq = j.seq AND p.account_id = h.account_id
        WHERE (IFNULL(h.resolution, '') = 'posted') <> (j.seq IS NOT NULL)
            OR IFNULL(p.debit, 0) > h.amount
        """,
    ),
    (
        "L6",
        "the history of instruction {} does not lead to its state",
        """
        SELECT i.instruction_id FROM instructions i
        LEFT JOIN instruction_history h USING (instruction_id)
        LEFT JOIN instruction_history b
            ON b.instruction_id = h.instruction_id AND b.version = h.version - 1
        GROUP BY i.instruction_id
        HAVING COUNT(h.version) <> MAX(i.version) OR MIN(h.version) <> 1
            OR SUM(h.from_state <> IFNULL(b.to_state, '')) > 0
            OR SUM(h.version = i.version AND h.to_state = i.state) <> 1
        """,
    ),
    (
        "L8",
        "posting of entry {}, which the journal does not have",
        "SELECT DISTINCT seq FROM postings WHERE seq NOT IN (SELECT seq FROM journal)",
    ),
    (
        "L11",
        "entry {} was posted on a date that had been closed before",
        """
        SELECT j.seq FROM journal j WHERE EXISTS (SELECT 1 FROM business_days d
            WHERE d.business_date >= j.business_date AND d.head_seq < j.seq)
        """,
    ),
    (
        "L12",
        "entry {} turns one asset into another without a trading account",
        """
        SELECT p.seq FROM postings p JOIN accounts a USING (account_id) GROUP BY p.seq
        HAVING COUNT(DISTINCT a.currency) > 1 AND COUNT(DISTINCT a.currency)
            <> COUNT(DISTINCT CASE a.kind WHEN 'trading' THEN a.currency END)
        """,
    ),
    (
        "L13",
        "suspense account {} holds what no open case explains",
        """
        SELECT a.account_id FROM accounts a
        WHERE a.kind = 'suspense' AND COALESCE((SELECT SUM(p.credit) - SUM(p.debit)
                FROM postings p WHERE p.account_id = a.account_id), 0)
            <> COALESCE((SELECT SUM(c.amount) FROM suspense_cases c
                WHERE c.account_id = a.account_id AND c.closed_at IS NULL), 0)
        """,
    ),
    (
        "L13",
        "case {} is not what its entries moved",
        """
        SELECT c.case_id FROM suspense_cases c
        LEFT JOIN postings o ON o.seq = c.opened_by AND o.account_id = c.account_id
        LEFT JOIN postings e ON e.seq = c.closed_by AND e.account_id = c.account_id
        WHERE IFNULL(o.credit - o.debit, 0) <> c.amount
            OR (c.closed_by IS NOT NULL AND IFNULL(e.credit - e.debit, 0) <> -c.amount)
        """,
    ),
    (
        "L14",
        "more was given back of entry {} than it moved",
        """
        SELECT c.corrects FROM journal c JOIN postings p ON p.seq = c.seq
        WHERE c.corrects IS NOT NULL GROUP BY c.corrects
        HAVING SUM(p.debit) > COALESCE((SELECT SUM(o.debit) FROM postings o
            WHERE o.seq = c.corrects), 0)
        """,
    ),
    (
        "L14",
        "entry {} corrects one that is not before it",
        "SELECT seq FROM journal WHERE corrects >= seq",
    ),
    (
        "L15",
        "the counters of account {} are not what the journal adds up to",
        """
        SELECT account_id FROM (
            SELECT p.account_id, j.business_date, j.kind, p.debit, p.credit
            FROM postings p JOIN journal j USING (seq)
            UNION ALL
            SELECT account_id, business_date, kind, -debited, -credited FROM turnover)
        GROUP BY account_id, business_date, kind HAVING SUM(debit) <> 0 OR SUM(credit) <> 0
        """,
    ),
    (
        "L13",
        "account {} of the gifts is not what was sent and neither taken nor given back",
        """
        SELECT a.number FROM accounts a WHERE a.number = 'gifts/pool'
        AND a.credits_posted - a.debits_posted <> (SELECT COALESCE(SUM(s.amount), 0)
            FROM gift_shares s JOIN gifts g USING (gift)
            WHERE s.taker IS NULL AND g.state = 'OPEN')
        """,
    ),
    (
        "L13",
        "account {} of the fixed deposits is not what was put away and not paid out",
        """
        SELECT a.number FROM accounts a WHERE a.number = 'deposits/fixed'
        AND a.credits_posted - a.debits_posted <> (SELECT COALESCE(SUM(d.principal), 0)
            FROM deposits d WHERE d.state = 'ACTIVE')
        """,
    ),
    (
        "L15",
        "bill {} is marked paid otherwise than its payments add up to",
        """
        SELECT b.bill_id FROM bills b WHERE b.paid <> (SELECT COALESCE(SUM(p.amount), 0)
            FROM bill_payments p WHERE p.bill_id = b.bill_id AND p.state <> 'REFUNDED')
        """,
    ),
)
