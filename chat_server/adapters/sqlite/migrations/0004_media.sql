-- Media: uploads on their way, what is known of blobs, who brought them, where they were sent.

CREATE TABLE uploads (
  upload_id TEXT PRIMARY KEY,
  user TEXT NOT NULL,
  conv TEXT NOT NULL,
  name TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  digest TEXT NOT NULL
) STRICT;

CREATE INDEX uploads_of_user ON uploads (user);
CREATE INDEX uploads_by_age ON uploads (created_ms, upload_id);

CREATE TABLE media (
  digest TEXT PRIMARY KEY,
  mime TEXT NOT NULL,
  size INTEGER NOT NULL,
  touched_ms INTEGER NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  thumbnail TEXT NOT NULL,
  public INTEGER NOT NULL,
  sent INTEGER NOT NULL DEFAULT 0,
  condemned INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX media_to_expire ON media (touched_ms, digest)
WHERE sent = 0 AND public = 0 AND condemned = 0;
CREATE INDEX media_condemned ON media (digest) WHERE condemned = 1;

CREATE TABLE media_owners (
  digest TEXT NOT NULL,
  user TEXT NOT NULL,
  PRIMARY KEY (digest, user)
) STRICT, WITHOUT ROWID;

-- Written in the commit of the message.
CREATE TABLE media_uses (
  digest TEXT NOT NULL,
  conv TEXT NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (digest, conv, seq)
) STRICT, WITHOUT ROWID;
