-- The register: wanted and owned, every version kept. Its items are JSON documents.

CREATE TABLE register_item(
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  spec TEXT NOT NULL CHECK (json_valid(spec)),
  changed_ms INTEGER NOT NULL,
  changed_by TEXT NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- spec is NULL where the item was removed.
CREATE TABLE register_history(
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  spec TEXT CHECK (spec IS NULL OR json_valid(spec)),
  at_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  PRIMARY KEY (kind, id, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX register_history_by_revision ON register_history(revision);

-- One row: grows by one with each transaction that changed the register.
CREATE TABLE register_revision(
  one INTEGER PRIMARY KEY CHECK (one = 1),
  revision INTEGER NOT NULL
) STRICT;
INSERT INTO register_revision VALUES (1, 0);
