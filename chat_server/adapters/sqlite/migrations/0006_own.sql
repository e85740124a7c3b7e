-- What is a person's own: how a conversation stands in their list, drafts and stars.

ALTER TABLE memberships ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE memberships ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE memberships ADD COLUMN marked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE memberships ADD COLUMN hidden_seq INTEGER NOT NULL DEFAULT 0;

CREATE TABLE drafts (
  conv TEXT NOT NULL,
  user TEXT NOT NULL,
  mid TEXT NOT NULL,
  text TEXT NOT NULL,
  reply_to INTEGER NOT NULL,
  PRIMARY KEY (user, conv)
) STRICT, WITHOUT ROWID;

CREATE TABLE stars (
  user TEXT NOT NULL,
  conv TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (user, conv, seq)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX stars_by_number ON stars (user, number);
