-- Requests for maintenance and what became of them. Which steps a state allows is decided above.

CREATE TABLE maintenance(
  id TEXT PRIMARY KEY,
  site TEXT NOT NULL,
  series TEXT,
  state TEXT NOT NULL
    CHECK (state IN ('requested', 'approved', 'refused', 'working', 'closed', 'cancelled')),
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL CHECK (to_ms > from_ms),
  components TEXT NOT NULL CHECK (json_valid(components)),
  version INTEGER NOT NULL CHECK (version > 0),
  body TEXT NOT NULL CHECK (json_valid(body))
) STRICT, WITHOUT ROWID;
CREATE INDEX maintenance_by_site ON maintenance(site, from_ms);
CREATE INDEX maintenance_by_end ON maintenance(to_ms);

-- Every step of a request, in order; append-only.
CREATE TABLE maintenance_event(
  id TEXT NOT NULL REFERENCES maintenance(id),
  seq INTEGER NOT NULL CHECK (seq > 0),
  at_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  step TEXT NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body)),
  PRIMARY KEY (id, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER maintenance_event_is_never_changed BEFORE UPDATE ON maintenance_event
BEGIN SELECT RAISE(ABORT, 'the steps of maintenance are append-only'); END;
CREATE TRIGGER maintenance_event_is_never_cut BEFORE DELETE ON maintenance_event
BEGIN SELECT RAISE(ABORT, 'the steps of maintenance are append-only'); END;
