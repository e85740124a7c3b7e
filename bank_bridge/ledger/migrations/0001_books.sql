-- The books. Balances are credits less debits, in fen: a customer's money is a credit.

CREATE TABLE accounts (
    account_id INTEGER PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,        -- a customer's account number, or a system account's name
    kind TEXT NOT NULL,                 -- type_1, cash, merchant
    customer TEXT,                      -- none for the bank's own accounts
    title TEXT NOT NULL,                -- what the other side's statement calls it
    currency TEXT NOT NULL,
    may_overdraw INTEGER NOT NULL CHECK (may_overdraw IN (0, 1)),
    opened_at INTEGER NOT NULL,         -- times are microseconds since 1970, UTC
    debits_posted INTEGER NOT NULL DEFAULT 0 CHECK (debits_posted >= 0),
    credits_posted INTEGER NOT NULL DEFAULT 0 CHECK (credits_posted >= 0),
    debits_pending INTEGER NOT NULL DEFAULT 0 CHECK (debits_pending >= 0),
    CHECK (may_overdraw OR credits_posted - debits_posted - debits_pending >= 0)
) STRICT;
CREATE INDEX accounts_of_customer ON accounts (customer, account_id);

CREATE TABLE journal (
    seq INTEGER PRIMARY KEY,            -- 1, 2, 3, ... without gaps
    kind TEXT NOT NULL,                 -- transfer, purchase, opening_deposit
    instruction_id TEXT UNIQUE,         -- at most one entry per instruction, for ever
    posted_at INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    prev_hash BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE INDEX journal_by_date ON journal (business_date);

CREATE TABLE postings (
    seq INTEGER NOT NULL REFERENCES journal,
    account_id INTEGER NOT NULL REFERENCES accounts,
    debit INTEGER NOT NULL CHECK (debit >= 0),
    credit INTEGER NOT NULL CHECK (credit >= 0),
    balance_after INTEGER NOT NULL,
    PRIMARY KEY (seq, account_id),
    CHECK ((debit = 0) <> (credit = 0))
) STRICT, WITHOUT ROWID;
CREATE INDEX postings_of_account ON postings (account_id, seq);

CREATE TABLE holds (
    hold_id INTEGER PRIMARY KEY,
    instruction_id TEXT NOT NULL UNIQUE,
    account_id INTEGER NOT NULL REFERENCES accounts,
    amount INTEGER NOT NULL CHECK (amount > 0),
    placed_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    resolution TEXT CHECK (resolution IN ('posted', 'voided', 'expired')),
    resolved_at INTEGER,
    CHECK ((resolution IS NULL) = (resolved_at IS NULL))
) STRICT;
CREATE INDEX holds_open ON holds (account_id, expires_at) WHERE resolution IS NULL;

-- Told to the world in the same commit as what it tells of.
CREATE TABLE outbox (
    position INTEGER PRIMARY KEY,       -- gapless, since rows are never deleted
    event BLOB NOT NULL
) STRICT;

-- A broken invariant stops every writer of this file until an operator lifts the stop.
CREATE TABLE write_stops (
    stop_id INTEGER PRIMARY KEY,
    stopped_at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    lifted_at INTEGER
) STRICT;

CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'journal rows never change'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'journal rows never go'); END;
CREATE TRIGGER postings_no_update BEFORE UPDATE ON postings
BEGIN SELECT RAISE(ABORT, 'postings never change'); END;
CREATE TRIGGER postings_no_delete BEFORE DELETE ON postings
BEGIN SELECT RAISE(ABORT, 'postings never go'); END;
CREATE TRIGGER outbox_no_update BEFORE UPDATE ON outbox
BEGIN SELECT RAISE(ABORT, 'outbox rows never change'); END;
CREATE TRIGGER outbox_no_delete BEFORE DELETE ON outbox
BEGIN SELECT RAISE(ABORT, 'outbox rows never go'); END;
CREATE TRIGGER holds_no_delete BEFORE DELETE ON holds
BEGIN SELECT RAISE(ABORT, 'holds never go'); END;
CREATE TRIGGER holds_resolve_once BEFORE UPDATE ON holds
WHEN OLD.resolution IS NOT NULL OR NEW.resolution IS NULL
    OR NEW.hold_id <> OLD.hold_id OR NEW.instruction_id <> OLD.instruction_id
    OR NEW.account_id <> OLD.account_id OR NEW.amount <> OLD.amount
BEGIN SELECT RAISE(ABORT, 'a hold resolves once and changes in no other way'); END;
CREATE TRIGGER accounts_no_delete BEFORE DELETE ON accounts
BEGIN SELECT RAISE(ABORT, 'accounts never go'); END;
CREATE TRIGGER accounts_only_grow BEFORE UPDATE ON accounts
WHEN NEW.debits_posted < OLD.debits_posted OR NEW.credits_posted < OLD.credits_posted
    OR NEW.account_id <> OLD.account_id OR NEW.number <> OLD.number
    OR NEW.kind <> OLD.kind OR NEW.customer IS NOT OLD.customer
    OR NEW.currency <> OLD.currency OR NEW.may_overdraw <> OLD.may_overdraw
BEGIN SELECT RAISE(ABORT, 'posted totals only grow and an account keeps what it is'); END;
