-- Standing transfers: what was agreed upon, and each day that has been paid or tried.

CREATE TABLE standing_transfers (
    standing TEXT PRIMARY KEY REFERENCES instructions,  -- the instruction that agreed to it
    customer TEXT NOT NULL REFERENCES customers,
    payer_account INTEGER NOT NULL REFERENCES accounts,
    payee_id TEXT NOT NULL REFERENCES payees,
    amount INTEGER NOT NULL CHECK (amount > 0),
    rhythm TEXT NOT NULL CHECK (rhythm IN ('once', 'weekly', 'monthly')),
    day INTEGER NOT NULL CHECK (day BETWEEN 1 AND 31),  -- of each month
    next_on TEXT NOT NULL,              -- a calendar date in China
    state TEXT NOT NULL CHECK (state IN ('SIGNING', 'ACTIVE', 'CLOSED', 'DONE'))
) STRICT;
CREATE INDEX standing_due ON standing_transfers (next_on) WHERE state = 'ACTIVE';
CREATE INDEX standing_of_customer ON standing_transfers (customer, state);

CREATE TABLE standing_runs (
    standing TEXT NOT NULL REFERENCES standing_transfers,
    due_on TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    last_day TEXT NOT NULL,             -- when it was tried last
    instruction_id TEXT UNIQUE REFERENCES instructions,
    told INTEGER NOT NULL DEFAULT 0,    -- whether the customer knows how that payment ended
    PRIMARY KEY (standing, due_on)
) STRICT, WITHOUT ROWID;
CREATE INDEX standing_untold ON standing_runs (instruction_id) WHERE told = 0;
