-- Each conversation's log lies together, in the order of its seqs: a page of history is a few
-- neighbouring pages of the file, not a place for each of its messages. The change feed finds
-- its way by `pos`, and reads mostly what was written last.

CREATE TABLE logs (
  pos INTEGER NOT NULL UNIQUE,
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
  PRIMARY KEY (conv, seq),
  UNIQUE (conv, sender, mid)
) STRICT, WITHOUT ROWID;

INSERT INTO logs SELECT * FROM events ORDER BY conv, seq;

DROP TABLE events;

ALTER TABLE logs RENAME TO events;

CREATE INDEX service_events ON events (pos) WHERE conv >= 's:' AND conv < 's;';

CREATE TRIGGER events_stay BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
