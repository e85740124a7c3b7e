-- The audit trail is read by kind, too.
CREATE INDEX facts_of_kind ON facts (kind, pos);
