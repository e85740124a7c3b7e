-- Fixed deposits (bank-services 2.4): what was put away, for how long, and what is left of it.

CREATE TABLE deposits (
    deposit TEXT PRIMARY KEY REFERENCES instructions,   -- the instruction that opened it
    customer TEXT NOT NULL REFERENCES customers,
    account_id INTEGER NOT NULL REFERENCES accounts,    -- where it came from and goes back to
    principal INTEGER NOT NULL CHECK (principal >= 0),
    months INTEGER NOT NULL CHECK (months > 0),
    rate INTEGER NOT NULL CHECK (rate > 0),             -- millionths a year
    opened TEXT NOT NULL,               -- business dates
    matures TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('QUOTED', 'ACTIVE', 'PAID'))
) STRICT;
CREATE INDEX deposits_due ON deposits (matures) WHERE state = 'ACTIVE';
CREATE INDEX deposits_of_customer ON deposits (customer, opened);

CREATE TABLE deposit_withdrawals (
    instruction_id TEXT PRIMARY KEY REFERENCES instructions,
    deposit TEXT NOT NULL REFERENCES deposits
) STRICT;
