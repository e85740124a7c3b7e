-- Transfers to other banks: when they go, what is to be looked at, and each day's file.

ALTER TABLE instructions ADD COLUMN payee_bank TEXT NOT NULL DEFAULT '';  -- empty: this bank
ALTER TABLE instructions ADD COLUMN arrival TEXT NOT NULL DEFAULT '';
ALTER TABLE instructions ADD COLUMN sends_at INTEGER;

CREATE TABLE clearing (
    instruction_id TEXT PRIMARY KEY REFERENCES instructions,
    look_at INTEGER,                    -- when to send it, or to inquire; none: wait for the file
    sent_at INTEGER,
    day TEXT,                           -- the clearing day on which it was sent
    asked INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX clearing_due ON clearing (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX clearing_of_day ON clearing (day) WHERE day IS NOT NULL;

CREATE TABLE clearing_days (
    day TEXT PRIMARY KEY,
    matched INTEGER NOT NULL,
    settled INTEGER NOT NULL,           -- of these, unknown until the file came
    returned INTEGER NOT NULL,          -- not in the file: failed, and given back
    reconciled_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What our log and the clearing house's file do not agree on; a person settles each.
CREATE TABLE clearing_differences (
    day TEXT NOT NULL REFERENCES clearing_days,
    payment_id TEXT NOT NULL,
    class TEXT NOT NULL CHECK (class IN ('ours_only', 'theirs_only', 'amount_differs')),
    ours INTEGER,                       -- fen
    theirs INTEGER,
    PRIMARY KEY (day, payment_id)
) STRICT, WITHOUT ROWID;
