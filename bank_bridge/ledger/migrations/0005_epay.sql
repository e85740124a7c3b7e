-- 工银e支付 (bank-services 2.5): agreements, certificates, and gifts with their shares.

CREATE TABLE certificates (
    customer TEXT PRIMARY KEY REFERENCES customers,
    issued_at INTEGER NOT NULL
) STRICT;

CREATE TABLE epay (
    customer TEXT PRIMARY KEY REFERENCES customers,
    agreement TEXT NOT NULL REFERENCES instructions,    -- the one that was proven last
    state TEXT NOT NULL CHECK (state IN ('ACTIVE', 'SUSPENDED', 'CLOSED')),
    single INTEGER NOT NULL CHECK (single > 0)          -- limit of one payment, and of a day
) STRICT;

CREATE TABLE gifts (
    gift TEXT PRIMARY KEY REFERENCES instructions,      -- the instruction that paid for it
    kind TEXT NOT NULL CHECK (kind IN ('p2p', 'red_packet')),
    sender TEXT NOT NULL REFERENCES customers,
    place TEXT NOT NULL,                -- the conversation it is shown in; nothing to the bank
    taker TEXT NOT NULL,                -- the only one who may take; empty: whoever is there
    greeting TEXT NOT NULL,
    shares INTEGER NOT NULL CHECK (shares > 0),
    random INTEGER NOT NULL CHECK (random IN (0, 1)),
    state TEXT NOT NULL CHECK (state IN ('QUOTED', 'OPEN', 'TAKEN', 'RETURNED')),
    sent_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX gifts_to_return ON gifts (expires_at) WHERE state = 'OPEN';

CREATE TABLE gift_shares (
    gift TEXT NOT NULL REFERENCES gifts,
    place INTEGER NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    taker TEXT,                         -- nobody yet, or one who has not taken before
    taken_at INTEGER,
    PRIMARY KEY (gift, place),
    UNIQUE (gift, taker),
    CHECK ((taker IS NULL) = (taken_at IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TRIGGER gift_shares_taken_once BEFORE UPDATE ON gift_shares
WHEN OLD.taker IS NOT NULL OR NEW.taker IS NULL OR NEW.amount <> OLD.amount
BEGIN SELECT RAISE(ABORT, 'a share is taken once and keeps its amount'); END;
