-- Contacts: ties between two people, what each lets be seen, when each was last there.

CREATE TABLE ties (
  one TEXT NOT NULL,
  other TEXT NOT NULL,
  friends_ms INTEGER NOT NULL,
  ended INTEGER NOT NULL,
  asker TEXT NOT NULL,
  asked_ms INTEGER NOT NULL,
  greeting TEXT NOT NULL,
  refused INTEGER NOT NULL,
  sides TEXT NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (one, other)
) STRICT, WITHOUT ROWID;

CREATE INDEX ties_of_other ON ties (other, one);

CREATE TABLE privacy (
  user TEXT PRIMARY KEY,
  findable INTEGER NOT NULL,
  audience TEXT NOT NULL,
  card TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX cards ON privacy (card) WHERE card <> '';

CREATE TABLE sightings (
  user TEXT PRIMARY KEY,
  at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX people_by_phone ON people (phone) WHERE phone <> '';

-- Whoever has a direct conversation with somebody is their contact already.
INSERT INTO ties
SELECT min(user), max(user), 1, 0, '', 0, '', 0, '[{},{}]', 1
FROM memberships JOIN conversations USING (conv)
WHERE kind = 'direct' GROUP BY conv HAVING count(*) = 2;
