-- Accounts of Type II and III: what each is bound to, and what may come in (bank-services §2.4).

CREATE TABLE tiers (
    account_id INTEGER PRIMARY KEY REFERENCES accounts,
    bound_account INTEGER NOT NULL REFERENCES accounts,
    known_in_person INTEGER NOT NULL DEFAULT 0,
    takes_incoming INTEGER NOT NULL DEFAULT 0
) STRICT;
