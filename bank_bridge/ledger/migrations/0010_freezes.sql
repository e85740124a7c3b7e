-- Customers whose accounts are frozen, and who lifted it (bank-services §2.11).

CREATE TABLE freezes (
    case_id TEXT PRIMARY KEY,
    customer TEXT NOT NULL REFERENCES customers,
    reason TEXT NOT NULL,
    frozen_at INTEGER NOT NULL,
    called_back INTEGER NOT NULL,       -- transfers that had not left
    maker TEXT NOT NULL DEFAULT '',
    checker TEXT NOT NULL DEFAULT '',
    lifted_at INTEGER,
    CHECK ((lifted_at IS NULL) = (checker = '')),
    CHECK (checker = '' OR (maker <> '' AND maker <> checker))
) STRICT;
CREATE UNIQUE INDEX one_freeze_at_a_time ON freezes (customer) WHERE lifted_at IS NULL;
CREATE TRIGGER freezes_stay BEFORE DELETE ON freezes
BEGIN SELECT RAISE(ABORT, 'a freeze is lifted, never removed'); END;
CREATE TRIGGER freezes_stay_lifted BEFORE UPDATE ON freezes WHEN OLD.lifted_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a lifted freeze stays lifted'); END;
