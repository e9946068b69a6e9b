-- Closed months: each revision of a site's report, frozen; append-only.

CREATE TABLE month_report(
  site TEXT NOT NULL,
  month TEXT NOT NULL,
  rev INTEGER NOT NULL CHECK (rev > 0),
  closed_ms INTEGER NOT NULL,
  closed_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  prev_sha256 TEXT,
  body TEXT NOT NULL CHECK (json_valid(body)),
  PRIMARY KEY (site, month, rev)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER month_report_is_never_changed BEFORE UPDATE ON month_report
BEGIN SELECT RAISE(ABORT, 'closed months are append-only'); END;
CREATE TRIGGER month_report_is_never_cut BEFORE DELETE ON month_report
BEGIN SELECT RAISE(ABORT, 'closed months are append-only'); END;

-- What people stated about a stretch of time instead of what polls saw; append-only.
CREATE TABLE correction(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  site TEXT NOT NULL,
  subject TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL CHECK (to_ms > from_ms),
  state TEXT NOT NULL CHECK (state IN ('up', 'down', 'unknown')),
  reason TEXT NOT NULL,
  author TEXT NOT NULL,
  recorded_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX correction_by_site ON correction(site, from_ms);

CREATE TRIGGER correction_is_never_changed BEFORE UPDATE ON correction
BEGIN SELECT RAISE(ABORT, 'corrections are append-only'); END;
CREATE TRIGGER correction_is_never_cut BEFORE DELETE ON correction
BEGIN SELECT RAISE(ABORT, 'corrections are append-only'); END;
