-- Replacement plans: drafts with all their versions; frozen and approved ones never change.

CREATE TABLE replacement_plan(
  id TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'frozen', 'approved')),
  spec TEXT NOT NULL CHECK (json_valid(spec)),
  result TEXT NOT NULL CHECK (json_valid(result)),
  made_by TEXT NOT NULL,
  made_ms INTEGER NOT NULL,
  frozen_by TEXT,
  frozen_ms INTEGER,
  approved_by TEXT,
  approved_ms INTEGER,
  document TEXT,
  CHECK ((state = 'draft') = (frozen_by IS NULL)),
  CHECK ((state = 'approved') = (approved_by IS NOT NULL)),
  CHECK (approved_by IS NULL OR approved_by <> frozen_by)
) STRICT, WITHOUT ROWID;

CREATE TABLE replacement_plan_version(
  plan TEXT NOT NULL,
  version INTEGER NOT NULL,
  spec TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  PRIMARY KEY (plan, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE replacement_plan_progress(
  plan TEXT NOT NULL REFERENCES replacement_plan(id),
  year INTEGER NOT NULL,
  asset TEXT NOT NULL,
  ordered_on TEXT,
  delivered_on TEXT,
  document TEXT,
  at_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  PRIMARY KEY (plan, year, asset)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER replacement_plan_stays BEFORE UPDATE OF spec, result ON replacement_plan
WHEN OLD.state <> 'draft' AND (OLD.spec <> NEW.spec OR OLD.result <> NEW.result)
BEGIN SELECT RAISE(ABORT, 'a frozen plan does not change'); END;

CREATE TRIGGER replacement_plan_is_kept BEFORE DELETE ON replacement_plan
WHEN OLD.state <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a frozen plan is kept'); END;
