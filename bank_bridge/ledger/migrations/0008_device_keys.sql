-- Keys that devices sign with, and what they were asked to sign (bank-services §1.7, A3).

ALTER TABLE instructions ADD COLUMN level TEXT NOT NULL DEFAULT '';

CREATE TABLE device_keys (
    instruction_id TEXT PRIMARY KEY REFERENCES instructions,    -- that asked for it
    customer TEXT NOT NULL REFERENCES customers,
    device TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,                -- ASKED, PENDING, ACTIVE, REVOKED
    key TEXT UNIQUE,                    -- the credential's id, base64url; null until it is made
    public_key BLOB,                    -- COSE
    counter INTEGER NOT NULL DEFAULT 0, -- of the authenticator
    uses INTEGER NOT NULL DEFAULT 0,
    made_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;
CREATE INDEX device_keys_of_customer ON device_keys (customer, made_at);
CREATE TRIGGER device_keys_stay_revoked BEFORE UPDATE ON device_keys
WHEN OLD.state = 'REVOKED' AND NEW.state <> 'REVOKED'
BEGIN SELECT RAISE(ABORT, 'a revoked key stays revoked'); END;

-- The branch's word, given face to face, that the next key needs no other device's approval.
CREATE TABLE key_grants (
    customer TEXT PRIMARY KEY REFERENCES customers,
    granted_at INTEGER NOT NULL
) STRICT;

CREATE TABLE signings (
    instruction_id TEXT PRIMARY KEY REFERENCES instructions,
    nonce BLOB NOT NULL
) STRICT;
