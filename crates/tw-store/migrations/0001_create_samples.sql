-- Samples, states and observations, and how far each collector has been applied.
-- Instants are UTC milliseconds. Round tables, one per UTC day, are made by the writer:
--   CREATE TABLE round_YYYYMMDD(id INTEGER PRIMARY KEY, layout_id INTEGER NOT NULL, v BLOB NOT NULL)
--   id = ts_ms << 21 | target_id

CREATE TABLE meta(
  k TEXT PRIMARY KEY,
  v TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE watermark(
  collector TEXT NOT NULL,
  epoch TEXT NOT NULL,
  lane TEXT NOT NULL,
  segment INTEGER NOT NULL,
  next_seq INTEGER NOT NULL CHECK (next_seq > 0),
  moved_ms INTEGER NOT NULL,
  PRIMARY KEY (collector, epoch, lane, segment)
) STRICT, WITHOUT ROWID;

CREATE TABLE collector(
  id TEXT PRIMARY KEY,
  epoch TEXT NOT NULL,
  boot_id TEXT NOT NULL,
  last_contact_ms INTEGER NOT NULL,
  skew_ms INTEGER NOT NULL,
  last_round_ms INTEGER,
  batches INTEGER NOT NULL,
  rounds INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  status TEXT,
  status_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE target(
  id INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 2097151),
  key TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE metric(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE object(
  id INTEGER PRIMARY KEY,
  target_id INTEGER NOT NULL REFERENCES target(id),
  key TEXT NOT NULL,
  labels TEXT NOT NULL,
  labels_segment INTEGER NOT NULL,
  UNIQUE (target_id, key)
) STRICT;

CREATE TABLE series(
  id INTEGER PRIMARY KEY,
  object_id INTEGER NOT NULL REFERENCES object(id),
  metric_id INTEGER NOT NULL REFERENCES metric(id),
  kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 2),
  UNIQUE (object_id, metric_id)
) STRICT;
CREATE INDEX series_by_metric ON series(metric_id);

CREATE TABLE layout(
  id INTEGER PRIMARY KEY,
  target_id INTEGER NOT NULL REFERENCES target(id),
  key INTEGER NOT NULL,
  period_ms INTEGER NOT NULL,
  cols BLOB NOT NULL,
  UNIQUE (target_id, key)
) STRICT;

-- origin 0: folded from rounds; a row never spans two UTC days while the day's rounds are kept.
-- origin 1: reported by a collector as a run.
CREATE TABLE state_run(
  series_id INTEGER NOT NULL,
  origin INTEGER NOT NULL CHECK (origin BETWEEN 0 AND 1),
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  state INTEGER NOT NULL,
  polls INTEGER NOT NULL CHECK (polls > 0),
  max_gap_ms INTEGER NOT NULL CHECK (max_gap_ms >= 0),
  period_ms INTEGER NOT NULL,
  PRIMARY KEY (series_id, origin, from_ms),
  CHECK (from_ms <= to_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE observation(
  target_id INTEGER NOT NULL REFERENCES target(id),
  kind TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (target_id, kind, from_ms),
  CHECK (from_ms <= last_seen_ms)
) STRICT;

CREATE TABLE gap(
  id INTEGER PRIMARY KEY,
  collector TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  dropped INTEGER NOT NULL,
  reason TEXT NOT NULL,
  received_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX gap_by_time ON gap(collector, from_ms);

CREATE TABLE event(
  id INTEGER PRIMARY KEY,
  collector TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  code TEXT NOT NULL,
  target TEXT,
  detail TEXT NOT NULL,
  received_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX event_by_time ON event(at_ms);
