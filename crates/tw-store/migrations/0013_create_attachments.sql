-- Documents kept with assets. The contents lie under their own hash: the same file is kept once,
-- and a copy of the store has them all. A row is taken away by a mark, its content stays.
CREATE TABLE attachment_content(
  sha256 TEXT PRIMARY KEY CHECK (length(sha256) = 64),
  bytes BLOB NOT NULL CHECK (length(bytes) > 0)
) STRICT;
CREATE TABLE attachment(
  id INTEGER PRIMARY KEY,
  tag TEXT NOT NULL,
  name TEXT NOT NULL,
  media TEXT NOT NULL,
  size_bytes INTEGER NOT NULL CHECK (size_bytes > 0),
  sha256 TEXT NOT NULL REFERENCES attachment_content(sha256),
  note TEXT,
  added_ms INTEGER NOT NULL,
  added_by TEXT NOT NULL,
  removed_ms INTEGER,
  removed_by TEXT,
  CHECK ((removed_ms IS NULL) = (removed_by IS NULL))
) STRICT;
CREATE INDEX attachment_by_tag ON attachment(tag, id);
CREATE TRIGGER attachment_stays BEFORE DELETE ON attachment
BEGIN SELECT RAISE(ABORT, 'attachments are marked as removed'); END;
CREATE TRIGGER attachment_content_stays BEFORE UPDATE ON attachment_content
BEGIN SELECT RAISE(ABORT, 'a content is what its hash says'); END;
