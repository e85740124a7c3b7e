-- Devices by name, where pushes reach them, and who waits to be told of what.

ALTER TABLE sessions ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN browser TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN system TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN seen_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN push TEXT NOT NULL DEFAULT 'null';

CREATE INDEX pushed_sessions ON sessions (user) WHERE push <> 'null' AND revoked_ms IS NULL;
CREATE INDEX sessions_of_user ON sessions (user, created_ms);

CREATE TABLE push_wishes (
  user TEXT PRIMARY KEY,
  hide_content INTEGER NOT NULL,
  quiet_from TEXT NOT NULL,
  quiet_until TEXT NOT NULL,
  zone TEXT NOT NULL
) STRICT;

CREATE TABLE knocks (
  user TEXT NOT NULL,
  conv TEXT NOT NULL,
  first INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  sent INTEGER NOT NULL,
  due_ms INTEGER,
  mention INTEGER NOT NULL,
  urgent INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  PRIMARY KEY (user, conv)
) STRICT, WITHOUT ROWID;

CREATE INDEX due_knocks ON knocks (due_ms, user, conv) WHERE due_ms IS NOT NULL;
