-- Customers, their payees, and the money commands they give.

CREATE TABLE customers (
    customer TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    phone TEXT NOT NULL UNIQUE,         -- one number, one customer
    enrolled_at INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,    -- wrong codes in a row
    locked_until INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE payees (
    payee_id TEXT PRIMARY KEY,
    customer TEXT NOT NULL REFERENCES customers,
    account_id INTEGER NOT NULL REFERENCES accounts,
    name TEXT NOT NULL,
    bank TEXT NOT NULL,
    UNIQUE (customer, account_id)
) STRICT;

CREATE TABLE instructions (
    instruction_id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    customer TEXT NOT NULL REFERENCES customers,
    device TEXT NOT NULL,
    payer_account INTEGER NOT NULL REFERENCES accounts,
    payee_account INTEGER NOT NULL REFERENCES accounts,
    amount INTEGER NOT NULL CHECK (amount > 0),
    fee INTEGER NOT NULL CHECK (fee >= 0),
    payer_tail TEXT NOT NULL,
    payee_name TEXT NOT NULL,
    payee_tail TEXT NOT NULL,
    memo TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    reference TEXT,
    failure TEXT,
    finished_at INTEGER,
    balance_after INTEGER
) STRICT;

CREATE TABLE instruction_history (
    instruction_id TEXT NOT NULL REFERENCES instructions,
    version INTEGER NOT NULL,
    from_state TEXT NOT NULL,           -- empty for the first
    to_state TEXT NOT NULL,
    moved_at INTEGER NOT NULL,
    PRIMARY KEY (instruction_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency (
    key TEXT PRIMARY KEY,
    request_hash BLOB NOT NULL,         -- SHA-256 of caller, operation and every field
    result TEXT NOT NULL,               -- what the key made: an instruction or an account number
    stored_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE challenges (
    challenge_id INTEGER PRIMARY KEY,
    instruction_id TEXT NOT NULL REFERENCES instructions,
    version INTEGER NOT NULL,           -- of the instruction that the code was made for
    phone TEXT NOT NULL,
    salt BLOB NOT NULL,
    code_hash BLOB NOT NULL,
    sent_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    resend_at INTEGER NOT NULL,
    attempts_left INTEGER NOT NULL CHECK (attempts_left >= 0)
) STRICT;
CREATE INDEX challenges_of_instruction ON challenges (instruction_id, challenge_id);
CREATE INDEX challenges_of_phone ON challenges (phone, sent_at);

CREATE TRIGGER history_no_update BEFORE UPDATE ON instruction_history
BEGIN SELECT RAISE(ABORT, 'history never changes'); END;
CREATE TRIGGER history_no_delete BEFORE DELETE ON instruction_history
BEGIN SELECT RAISE(ABORT, 'history never goes'); END;
CREATE TRIGGER idempotency_no_update BEFORE UPDATE ON idempotency
BEGIN SELECT RAISE(ABORT, 'a key keeps its first meaning'); END;
CREATE TRIGGER instructions_no_delete BEFORE DELETE ON instructions
BEGIN SELECT RAISE(ABORT, 'instructions never go'); END;
CREATE TRIGGER instructions_keep_terms BEFORE UPDATE ON instructions
WHEN NEW.version <= OLD.version OR NEW.instruction_id <> OLD.instruction_id
    OR NEW.kind <> OLD.kind OR NEW.customer <> OLD.customer OR NEW.amount <> OLD.amount
    OR NEW.fee <> OLD.fee OR NEW.payer_account <> OLD.payer_account
    OR NEW.payee_account <> OLD.payee_account
BEGIN SELECT RAISE(ABORT, 'an instruction keeps its terms and its version grows'); END;
