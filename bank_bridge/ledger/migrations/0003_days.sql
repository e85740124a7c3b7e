-- Corrections, counters, suspense, business days, interest, and what waits for a second person.

-- The entry that this one undoes, in part or whole; part of what is hashed.
ALTER TABLE journal ADD COLUMN corrects INTEGER REFERENCES journal;
CREATE INDEX journal_corrections ON journal (corrects) WHERE corrects IS NOT NULL;

-- What each account paid and got on each business date by each kind of entry: the fold of the
-- journal that limits, day-end balances and the trial balance are read from.
CREATE TABLE turnover (
    account_id INTEGER NOT NULL REFERENCES accounts,
    business_date TEXT NOT NULL,
    kind TEXT NOT NULL,
    debited INTEGER NOT NULL CHECK (debited >= 0),
    credited INTEGER NOT NULL CHECK (credited >= 0),
    PRIMARY KEY (account_id, business_date, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX turnover_by_date ON turnover (business_date);
INSERT INTO turnover
    SELECT p.account_id, j.business_date, j.kind, SUM(p.debit), SUM(p.credit)
    FROM postings p JOIN journal j USING (seq) GROUP BY p.account_id, j.business_date, j.kind;

-- Every item on a suspense account has a case; an open one has an age.
CREATE TABLE suspense_cases (
    case_id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts,
    amount INTEGER NOT NULL CHECK (amount <> 0),    -- positive: the account owes it to somebody
    reason TEXT NOT NULL,
    opened_by INTEGER NOT NULL UNIQUE REFERENCES journal,
    opened_at INTEGER NOT NULL,
    closed_by INTEGER UNIQUE REFERENCES journal,
    closed_at INTEGER,
    CHECK ((closed_by IS NULL) = (closed_at IS NULL))
) STRICT;
CREATE INDEX suspense_open ON suspense_cases (account_id) WHERE closed_at IS NULL;

CREATE TABLE business_days (
    business_date TEXT PRIMARY KEY,
    frozen_at INTEGER NOT NULL,         -- from here on customers' entries carry a later date
    sealed_at INTEGER,
    head_seq INTEGER,                   -- the journal's head when the date was closed
    head_hash BLOB,
    CHECK ((sealed_at IS NULL) = (head_seq IS NULL)),
    CHECK ((sealed_at IS NULL) = (head_hash IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE day_steps (
    business_date TEXT NOT NULL REFERENCES business_days,
    step TEXT NOT NULL,
    reached INTEGER NOT NULL,           -- the last account that the step has dealt with
    finished_at INTEGER,
    PRIMARY KEY (business_date, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE interest (
    account_id INTEGER PRIMARY KEY REFERENCES accounts,
    through TEXT NOT NULL,              -- the last date that is in `accrued`
    accrued INTEGER NOT NULL            -- fen times hundred-thousandths a year, day by day
) STRICT;

CREATE TABLE statements (
    account_id INTEGER NOT NULL REFERENCES accounts,
    month TEXT NOT NULL,                -- 2026-03
    opening INTEGER NOT NULL,
    closing INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, month)
) STRICT, WITHOUT ROWID;

-- A reversal names the key of what it undoes, and may come before it.
CREATE TABLE reversals (
    original_key TEXT PRIMARY KEY,
    reversed_at INTEGER NOT NULL,
    instruction_id TEXT                 -- none when the original had not come
) STRICT, WITHOUT ROWID;

-- What one person prepared and another must approve, word for word.
CREATE TABLE approvals (
    approval_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    content BLOB NOT NULL,
    content_hash BLOB NOT NULL,         -- SHA-256; the checker names it
    maker TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    checker TEXT,
    decision TEXT CHECK (decision IN ('approved', 'rejected')),
    reason TEXT NOT NULL DEFAULT '',
    decided_at INTEGER,
    CHECK (checker IS NULL OR checker <> maker),
    CHECK ((checker IS NULL) = (decision IS NULL)),
    CHECK ((checker IS NULL) = (decided_at IS NULL))
) STRICT;
CREATE INDEX approvals_waiting ON approvals (kind, made_at) WHERE decision IS NULL;

CREATE TRIGGER suspense_no_delete BEFORE DELETE ON suspense_cases
BEGIN SELECT RAISE(ABORT, 'cases never go'); END;
CREATE TRIGGER suspense_close_once BEFORE UPDATE ON suspense_cases
WHEN OLD.closed_at IS NOT NULL OR NEW.account_id <> OLD.account_id OR NEW.amount <> OLD.amount
    OR NEW.opened_by <> OLD.opened_by OR NEW.opened_at <> OLD.opened_at
BEGIN SELECT RAISE(ABORT, 'a case closes once and changes in no other way'); END;
CREATE TRIGGER business_days_no_delete BEFORE DELETE ON business_days
BEGIN SELECT RAISE(ABORT, 'business days never go'); END;
CREATE TRIGGER business_days_seal_once BEFORE UPDATE ON business_days
WHEN OLD.sealed_at IS NOT NULL OR NEW.business_date <> OLD.business_date
BEGIN SELECT RAISE(ABORT, 'a closed date stays closed'); END;
CREATE TRIGGER statements_no_update BEFORE UPDATE ON statements
BEGIN SELECT RAISE(ABORT, 'statements never change'); END;
CREATE TRIGGER statements_no_delete BEFORE DELETE ON statements
BEGIN SELECT RAISE(ABORT, 'statements never go'); END;
CREATE TRIGGER approvals_no_delete BEFORE DELETE ON approvals
BEGIN SELECT RAISE(ABORT, 'approvals never go'); END;
CREATE TRIGGER approvals_decide_once BEFORE UPDATE ON approvals
WHEN OLD.decision IS NOT NULL OR NEW.kind <> OLD.kind OR NEW.content <> OLD.content
    OR NEW.content_hash <> OLD.content_hash OR NEW.maker <> OLD.maker
BEGIN SELECT RAISE(ABORT, 'an approval is decided once, on what was submitted'); END;
