-- Registers of others that are read: what came from where, and how each reading went.

-- Which asset is which object of a source.
CREATE TABLE source_ref (
  source       TEXT NOT NULL,
  kind         TEXT NOT NULL,             -- as dcim.device
  source_id    INTEGER NOT NULL,
  local_id     TEXT NOT NULL,             -- the asset's tag
  url          TEXT,                      -- its page there
  last_updated TEXT,
  seen_ms      INTEGER NOT NULL,
  missing_ms   INTEGER,                   -- since when it is not there any more
  PRIMARY KEY (source, kind, source_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_ref_by_local ON source_ref(local_id);

-- One reading of a source.
CREATE TABLE source_run (
  run        INTEGER PRIMARY KEY,
  source     TEXT NOT NULL,
  mode       TEXT NOT NULL,               -- dry, real
  state      TEXT NOT NULL,               -- reading, broken, done, stopped, failed, given_up
  started_ms INTEGER NOT NULL,
  touched_ms INTEGER NOT NULL,            -- the last page
  ended_ms   INTEGER,
  pages      INTEGER NOT NULL DEFAULT 0,
  cursor     TEXT NOT NULL,               -- JSON: where to read on
  report     TEXT,                        -- JSON: counts, what is odd
  why        TEXT                         -- why it stopped or failed
) STRICT;
CREATE INDEX source_run_by_source ON source_run(source, run);

-- Pages of a run that is not over: a run that broke off goes on behind them.
CREATE TABLE source_page (
  run  INTEGER NOT NULL,
  seq  INTEGER NOT NULL,
  list TEXT NOT NULL,
  body TEXT NOT NULL,                     -- JSON: its rows
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- Weaknesses that somebody accepts for a time.
CREATE TABLE finding_waiver (
  finding   TEXT PRIMARY KEY,             -- rule/device/…
  reason    TEXT NOT NULL,
  until     TEXT NOT NULL,                -- the last day
  actor     TEXT NOT NULL,
  at_ms     INTEGER NOT NULL
) STRICT;
