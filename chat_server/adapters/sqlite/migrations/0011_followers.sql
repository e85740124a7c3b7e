-- Public accounts: their kind, standing, staff and capabilities; followers and how they are filed.

ALTER TABLE accounts ADD COLUMN kind TEXT NOT NULL DEFAULT 'service';
ALTER TABLE accounts ADD COLUMN state TEXT NOT NULL DEFAULT 'active';
ALTER TABLE accounts ADD COLUMN applicant TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN staff TEXT NOT NULL DEFAULT '[]';
ALTER TABLE accounts ADD COLUMN withheld TEXT NOT NULL DEFAULT '[]';
ALTER TABLE accounts ADD COLUMN answers_from_ms INTEGER NOT NULL DEFAULT 0;

CREATE TABLE follower_notes (
  account TEXT NOT NULL,
  customer TEXT NOT NULL,
  followed_ms INTEGER NOT NULL,
  source TEXT NOT NULL,
  scene TEXT NOT NULL,
  remark TEXT NOT NULL,
  blocked INTEGER NOT NULL,
  returns INTEGER NOT NULL,
  PRIMARY KEY (account, customer)
) STRICT, WITHOUT ROWID;

CREATE INDEX black_list ON follower_notes (account, customer) WHERE blocked = 1;

-- A deleted tag keeps its number and has no name.
CREATE TABLE account_tags (
  account TEXT NOT NULL,
  tag INTEGER NOT NULL,
  name TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (account, tag)
) STRICT, WITHOUT ROWID;

CREATE TABLE follower_tags (
  account TEXT NOT NULL,
  tag INTEGER NOT NULL,
  customer TEXT NOT NULL,
  PRIMARY KEY (account, tag, customer)
) STRICT, WITHOUT ROWID;

CREATE INDEX tags_of_follower ON follower_tags (account, customer, tag);
