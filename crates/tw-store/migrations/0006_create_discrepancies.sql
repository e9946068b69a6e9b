-- Where the register and what was seen disagree, and what people decided about it. The job that
-- compares them opens, refreshes and closes; people accept and dismiss.

CREATE TABLE discrepancy(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  subject TEXT NOT NULL,
  asset TEXT,
  target TEXT,
  kind TEXT NOT NULL,
  field TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'accepted', 'dismissed', 'fixed')),
  recorded TEXT,
  observed TEXT,
  collected_ms INTEGER,
  body TEXT NOT NULL CHECK (json_valid(body)),
  first_seen_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  dismissed_until_ms INTEGER,
  decided_ms INTEGER,
  decided_by TEXT,
  note TEXT,
  version INTEGER NOT NULL
) STRICT;
-- One that is not settled for each asset (or target), kind and field.
CREATE UNIQUE INDEX discrepancy_unsettled ON discrepancy(subject, kind, field)
  WHERE status IN ('open', 'dismissed');
CREATE INDEX discrepancy_by_status ON discrepancy(status, first_seen_ms);
CREATE INDEX discrepancy_by_asset ON discrepancy(asset);
