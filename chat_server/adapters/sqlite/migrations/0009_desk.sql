CREATE TABLE desks (
  desk TEXT PRIMARY KEY,
  record TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What cases are looked for by stands beside the record.
CREATE TABLE cases (
  case_id TEXT PRIMARY KEY,
  desk TEXT NOT NULL,
  conv TEXT NOT NULL,
  state TEXT NOT NULL,
  agent TEXT NOT NULL,
  opened_seq INTEGER NOT NULL,
  closed_ms INTEGER NOT NULL,
  look_ms INTEGER,
  record TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX cases_open ON cases (conv) WHERE state <> 'closed';
CREATE INDEX cases_conv ON cases (conv, opened_seq);
CREATE INDEX cases_state ON cases (desk, state, closed_ms);
CREATE INDEX cases_agent ON cases (agent, state);
CREATE INDEX cases_look ON cases (look_ms) WHERE state <> 'closed' AND look_ms IS NOT NULL;

CREATE TABLE case_notes (
  note INTEGER PRIMARY KEY,
  case_id TEXT NOT NULL,
  author TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX case_notes_case ON case_notes (case_id, note);

CREATE TABLE agent_statuses (
  user TEXT PRIMARY KEY,
  status TEXT NOT NULL,
  since_ms INTEGER NOT NULL,
  assigned_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
