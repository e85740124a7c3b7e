-- Groups: what a group has beside its title, who was silenced, and who waits to be let in.

ALTER TABLE conversations ADD COLUMN announcement TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN size INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN silent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN approval INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN links INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN dissolved INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;

ALTER TABLE memberships ADD COLUMN silenced INTEGER NOT NULL DEFAULT 0;

CREATE TABLE join_requests (
  conv TEXT NOT NULL,
  user TEXT NOT NULL,
  inviter TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (conv, user)
) STRICT, WITHOUT ROWID;

CREATE INDEX join_requests_by_age ON join_requests (conv, at_ms, user);
