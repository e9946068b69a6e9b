-- Taking stock: a session with its frozen list, its scans, and what they came to.

CREATE TABLE stocktake(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (json_valid(scope)),
  site TEXT,
  unit TEXT,
  status TEXT NOT NULL CHECK (status IN ('open', 'closed')),
  revision INTEGER NOT NULL,
  opened_ms INTEGER NOT NULL,
  opened_by TEXT NOT NULL,
  closed_ms INTEGER,
  closed_by TEXT,
  note TEXT,
  findings TEXT CHECK (findings IS NULL OR json_valid(findings)),
  version INTEGER NOT NULL
) STRICT;

-- Frozen when the session opens.
CREATE TABLE stocktake_expected(
  stocktake INTEGER NOT NULL REFERENCES stocktake(id),
  tag TEXT NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body)),
  PRIMARY KEY (stocktake, tag)
) STRICT, WITHOUT ROWID;

-- A client's own number makes a scan count once, however often it is sent.
CREATE TABLE stocktake_scan(
  stocktake INTEGER NOT NULL REFERENCES stocktake(id),
  client_id TEXT NOT NULL,
  code TEXT NOT NULL,
  place TEXT NOT NULL CHECK (json_valid(place)),
  scanned_ms INTEGER NOT NULL,
  scanned_by TEXT NOT NULL,
  received_ms INTEGER NOT NULL,
  resolved TEXT NOT NULL CHECK (json_valid(resolved)),
  verdict TEXT NOT NULL,
  PRIMARY KEY (stocktake, client_id)
) STRICT, WITHOUT ROWID;

-- Which of the moves that a closed session found have been written into the register.
CREATE TABLE stocktake_move(
  stocktake INTEGER NOT NULL REFERENCES stocktake(id),
  tag TEXT NOT NULL,
  accepted_ms INTEGER NOT NULL,
  accepted_by TEXT NOT NULL,
  PRIMARY KEY (stocktake, tag)
) STRICT, WITHOUT ROWID;
