-- What the open platform keeps for its accounts, by owner, kind and name.

CREATE TABLE shelf (
  owner TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (owner, kind, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX shelf_by_age ON shelf (kind, at_ms);
