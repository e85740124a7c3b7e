-- How the messages read that were edited, recalled or reacted to; nothing for all others.

CREATE TABLE forms (
  conv TEXT NOT NULL,
  seq INTEGER NOT NULL,
  changed_seq INTEGER NOT NULL,
  body BLOB NOT NULL,
  recalled INTEGER NOT NULL,
  reactions TEXT NOT NULL,
  PRIMARY KEY (conv, seq)
) STRICT;
