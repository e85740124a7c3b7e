-- The first schema. `pos` is the global change position: events and facts share one sequence,
-- given by the writer inside its transaction, so that a row is its own outbox entry.

CREATE TABLE events (
  pos INTEGER PRIMARY KEY,
  conv TEXT NOT NULL,
  seq INTEGER NOT NULL,
  mid TEXT NOT NULL,
  sender TEXT NOT NULL,
  ts INTEGER NOT NULL,
  kind TEXT NOT NULL,
  n INTEGER NOT NULL,
  body BLOB NOT NULL,
  key_id TEXT NOT NULL,
  body_hash BLOB NOT NULL,
  UNIQUE (conv, seq),
  UNIQUE (conv, sender, mid)
) STRICT;

-- Bots read what is said in service conversations, and pay for nothing else.
CREATE INDEX service_events ON events (pos) WHERE conv >= 's:' AND conv < 's;';

CREATE TRIGGER events_stay BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;

CREATE TABLE facts (
  pos INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  actor TEXT NOT NULL,
  subject TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  detail TEXT NOT NULL
) STRICT;

CREATE INDEX facts_of_subject ON facts (subject, pos);

CREATE TRIGGER facts_stay BEFORE DELETE ON facts
BEGIN SELECT RAISE(ABORT, 'facts are never deleted'); END;

CREATE TRIGGER facts_never_change BEFORE UPDATE ON facts
BEGIN SELECT RAISE(ABORT, 'facts never change'); END;

CREATE TABLE cursors (consumer TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT;

CREATE TABLE conversations (
  conv TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  account TEXT NOT NULL,
  title TEXT NOT NULL
) STRICT;

CREATE TABLE memberships (
  conv TEXT NOT NULL,
  user TEXT NOT NULL,
  role TEXT NOT NULL,
  first_seq INTEGER NOT NULL,
  left_seq INTEGER,
  read INTEGER NOT NULL,
  delivered INTEGER NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (conv, user)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX memberships_of_user ON memberships (user, version);
CREATE INDEX followers ON memberships (conv) WHERE role = 'follower' AND left_seq IS NULL;

CREATE TABLE branches (
  branch_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  parent TEXT NOT NULL
) STRICT;

CREATE TABLE people (
  user TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  branch TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  language TEXT NOT NULL,
  phone TEXT NOT NULL,
  unlimited INTEGER NOT NULL
) STRICT;

CREATE TABLE assignments (
  customer TEXT PRIMARY KEY,
  manager TEXT NOT NULL,
  branch TEXT NOT NULL,
  since_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX assignments_of_manager ON assignments (manager, customer);

CREATE TABLE sessions (
  session_id TEXT PRIMARY KEY,
  user TEXT NOT NULL,
  device TEXT NOT NULL,
  refresh_hash TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  refreshed_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  previous_hash TEXT NOT NULL,
  revoked_ms INTEGER
) STRICT;

CREATE UNIQUE INDEX one_session_a_device ON sessions (user, device) WHERE revoked_ms IS NULL;

CREATE TABLE accounts (
  account TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  verified INTEGER NOT NULL,
  bot TEXT NOT NULL,
  menu TEXT NOT NULL
) STRICT;

CREATE TABLE broadcasts (
  broadcast_id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  articles TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  state TEXT NOT NULL,
  maker TEXT NOT NULL,
  submitted_ms INTEGER NOT NULL,
  reviewer TEXT NOT NULL,
  decided_ms INTEGER NOT NULL,
  reason TEXT NOT NULL,
  version INTEGER NOT NULL
) STRICT;

CREATE INDEX broadcasts_of_account ON broadcasts (account, submitted_ms, broadcast_id);

CREATE TABLE consents (
  entry_id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer TEXT NOT NULL,
  purpose TEXT NOT NULL,
  granted INTEGER NOT NULL,
  text_hash TEXT NOT NULL,
  channel TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX consents_of_customer ON consents (customer, entry_id);

CREATE TRIGGER consents_stay BEFORE DELETE ON consents
BEGIN SELECT RAISE(ABORT, 'consents are never deleted'); END;

CREATE TRIGGER consents_never_change BEFORE UPDATE ON consents
BEGIN SELECT RAISE(ABORT, 'consents never change'); END;

CREATE TABLE dialogues (
  conv TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  customer TEXT NOT NULL,
  handled_seq INTEGER NOT NULL,
  state BLOB NOT NULL,
  cards TEXT NOT NULL,
  wake_ms INTEGER,
  version INTEGER NOT NULL
) STRICT;

CREATE INDEX dialogues_to_wake ON dialogues (wake_ms, conv) WHERE wake_ms IS NOT NULL;

-- The open cards with secret inputs, out of `dialogues.cards`, to be asked for by customer.
CREATE TABLE secret_cards (
  customer TEXT NOT NULL,
  conv TEXT NOT NULL,
  card_id TEXT NOT NULL,
  expires_ms INTEGER,
  PRIMARY KEY (customer, conv, card_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX secret_cards_of_dialogue ON secret_cards (conv);
