-- The whole schema, for readers. Generated: UPDATE_SCHEMA=1 cargo test -p tw-store schema_sql
-- Round tables, one per UTC day, are made by the writer (see migrations/0001).

CREATE TABLE account(
  id TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  display_name TEXT NOT NULL,
  email TEXT,
  language TEXT NOT NULL,
  password_hash TEXT,
  disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
  created_ms INTEGER NOT NULL,
  last_sign_in_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE alert_history(
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  transition TEXT NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body))
) STRICT;

CREATE INDEX alert_history_by_key ON alert_history(key, at_ms);

CREATE INDEX alert_history_by_time ON alert_history(at_ms);

CREATE TABLE alert_state(
  key TEXT PRIMARY KEY,
  body TEXT NOT NULL CHECK (json_valid(body)),
  changed_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE api_token(
  prefix TEXT PRIMARY KEY,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  scope_kind TEXT NOT NULL CHECK (scope_kind IN ('all', 'site', 'unit')),
  scope_id TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  expires_ms INTEGER,
  revoked_ms INTEGER,
  last_used_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE asset_transition(
  id INTEGER PRIMARY KEY,
  tag TEXT NOT NULL,
  from_status TEXT NOT NULL,
  to_status TEXT NOT NULL,
  on_day TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'refused')),
  ask TEXT NOT NULL CHECK (json_valid(ask)),
  asked_ms INTEGER NOT NULL,
  asked_by TEXT NOT NULL,
  decided_ms INTEGER,
  decided_by TEXT,
  decision_note TEXT,
  CHECK ((state = 'waiting') = (decided_ms IS NULL))
) STRICT;

CREATE INDEX asset_transition_by_tag ON asset_transition(tag, id);

CREATE UNIQUE INDEX asset_transition_one_waiting ON asset_transition(tag) WHERE state = 'waiting';

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

CREATE TABLE attachment_content(
  sha256 TEXT PRIMARY KEY CHECK (length(sha256) = 64),
  bytes BLOB NOT NULL CHECK (length(bytes) > 0)
) STRICT;

CREATE TABLE audit(
  seq INTEGER PRIMARY KEY CHECK (seq > 0),
  at_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  address TEXT,
  request_id TEXT,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('done', 'refused', 'failed')),
  detail TEXT NOT NULL CHECK (json_valid(detail)),
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE INDEX audit_by_actor ON audit(actor, seq);

CREATE INDEX audit_by_subject ON audit(subject, seq);

CREATE TABLE audit_head(
  one INTEGER PRIMARY KEY CHECK (one = 1),
  seq INTEGER NOT NULL,
  hash BLOB NOT NULL
) STRICT;

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

CREATE TABLE collector_token(
  prefix TEXT PRIMARY KEY,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  collector TEXT NOT NULL,
  sealed_seal_key BLOB NOT NULL,
  created_ms INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  expires_ms INTEGER,
  revoked_ms INTEGER,
  last_used_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX collector_token_by_collector ON collector_token(collector);

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

CREATE TABLE credential(
  id TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  public TEXT NOT NULL CHECK (json_valid(public)),
  sealed BLOB NOT NULL,
  changed_ms INTEGER NOT NULL,
  changed_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;

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

CREATE INDEX discrepancy_by_asset ON discrepancy(asset);

CREATE INDEX discrepancy_by_status ON discrepancy(status, first_seen_ms);

CREATE UNIQUE INDEX discrepancy_unsettled ON discrepancy(subject, kind, field)
  WHERE status IN ('open', 'dismissed');

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

CREATE TABLE finding_waiver (
  finding   TEXT PRIMARY KEY,             -- rule/device/…
  reason    TEXT NOT NULL,
  until     TEXT NOT NULL,                -- the last day
  actor     TEXT NOT NULL,
  at_ms     INTEGER NOT NULL
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

CREATE TABLE layout(
  id INTEGER PRIMARY KEY,
  target_id INTEGER NOT NULL REFERENCES target(id),
  key INTEGER NOT NULL,
  period_ms INTEGER NOT NULL,
  cols BLOB NOT NULL,
  UNIQUE (target_id, key)
) STRICT;

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

CREATE INDEX maintenance_by_end ON maintenance(to_ms);

CREATE INDEX maintenance_by_site ON maintenance(site, from_ms);

CREATE TABLE maintenance_event(
  id TEXT NOT NULL REFERENCES maintenance(id),
  seq INTEGER NOT NULL CHECK (seq > 0),
  at_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  step TEXT NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body)),
  PRIMARY KEY (id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE meta(
  k TEXT PRIMARY KEY,
  v TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE metric(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

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

CREATE TABLE object(
  id INTEGER PRIMARY KEY,
  target_id INTEGER NOT NULL REFERENCES target(id),
  key TEXT NOT NULL,
  labels TEXT NOT NULL,
  labels_segment INTEGER NOT NULL,
  UNIQUE (target_id, key)
) STRICT;

CREATE TABLE observation(
  target_id INTEGER NOT NULL REFERENCES target(id),
  kind TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (target_id, kind, from_ms),
  CHECK (from_ms <= last_seen_ms)
) STRICT;

CREATE TABLE one_time_link(
  hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
  purpose TEXT NOT NULL,
  account TEXT,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  used_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  dedupe TEXT UNIQUE,
  channel TEXT NOT NULL,
  payload TEXT NOT NULL CHECK (json_valid(payload)),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'claimed', 'sent', 'given_up')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_try_ms INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  ended_ms INTEGER,
  last_error TEXT
) STRICT;

CREATE INDEX outbox_by_due ON outbox(state, next_try_ms);

CREATE TABLE refusal(
  collector TEXT NOT NULL,
  reason TEXT NOT NULL,
  records INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  -- A target that the last ones named, where the reason is about targets.
  example TEXT,
  PRIMARY KEY (collector, reason)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE register_item(
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  spec TEXT NOT NULL CHECK (json_valid(spec)),
  changed_ms INTEGER NOT NULL,
  changed_by TEXT NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE register_revision(
  one INTEGER PRIMARY KEY CHECK (one = 1),
  revision INTEGER NOT NULL
) STRICT;

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

CREATE TABLE replacement_plan_version(
  plan TEXT NOT NULL,
  version INTEGER NOT NULL,
  spec TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  PRIMARY KEY (plan, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE role_grant(
  account TEXT NOT NULL REFERENCES account(id) ON DELETE CASCADE,
  role TEXT NOT NULL,
  scope_kind TEXT NOT NULL CHECK (scope_kind IN ('all', 'site', 'unit')),
  scope_id TEXT NOT NULL,
  PRIMARY KEY (account, role, scope_kind, scope_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE series(
  id INTEGER PRIMARY KEY,
  object_id INTEGER NOT NULL REFERENCES object(id),
  metric_id INTEGER NOT NULL REFERENCES metric(id),
  kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 2),
  UNIQUE (object_id, metric_id)
) STRICT;

CREATE INDEX series_by_metric ON series(metric_id);

CREATE TABLE session(
  hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
  account TEXT NOT NULL REFERENCES account(id) ON DELETE CASCADE,
  created_ms INTEGER NOT NULL,
  last_used_ms INTEGER NOT NULL,
  idle_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  address TEXT NOT NULL,
  agent TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX session_by_account ON session(account);

CREATE TABLE source_field(
  source TEXT NOT NULL,
  field TEXT NOT NULL,
  PRIMARY KEY (source, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE source_page (
  run  INTEGER NOT NULL,
  seq  INTEGER NOT NULL,
  list TEXT NOT NULL,
  body TEXT NOT NULL,                     -- JSON: its rows
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE sqlite_sequence(name,seq);

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

CREATE TABLE stocktake_expected(
  stocktake INTEGER NOT NULL REFERENCES stocktake(id),
  tag TEXT NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body)),
  PRIMARY KEY (stocktake, tag)
) STRICT, WITHOUT ROWID;

CREATE TABLE stocktake_move(
  stocktake INTEGER NOT NULL REFERENCES stocktake(id),
  tag TEXT NOT NULL,
  accepted_ms INTEGER NOT NULL,
  accepted_by TEXT NOT NULL,
  PRIMARY KEY (stocktake, tag)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE target(
  id INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 2097151),
  key TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE waiver_request(
  id INTEGER PRIMARY KEY,
  tag TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'granted', 'refused')),
  ask TEXT NOT NULL CHECK (json_valid(ask)),
  asked_ms INTEGER NOT NULL,
  asked_by TEXT NOT NULL,
  decided_ms INTEGER,
  decided_by TEXT,
  decision_note TEXT,
  CHECK ((state = 'waiting') = (decided_ms IS NULL))
) STRICT;

CREATE INDEX waiver_request_by_tag ON waiver_request(tag, id);

CREATE UNIQUE INDEX waiver_request_one_waiting ON waiver_request(tag) WHERE state = 'waiting';

CREATE TABLE watermark(
  collector TEXT NOT NULL,
  epoch TEXT NOT NULL,
  lane TEXT NOT NULL,
  segment INTEGER NOT NULL,
  next_seq INTEGER NOT NULL CHECK (next_seq > 0),
  moved_ms INTEGER NOT NULL,
  PRIMARY KEY (collector, epoch, lane, segment)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER asset_transition_decided_once BEFORE UPDATE ON asset_transition
WHEN OLD.state <> 'waiting' OR NEW.tag <> OLD.tag OR NEW.ask <> OLD.ask OR NEW.asked_by <> OLD.asked_by
BEGIN SELECT RAISE(ABORT, 'a transition is decided once'); END;

CREATE TRIGGER asset_transition_stays BEFORE DELETE ON asset_transition
BEGIN SELECT RAISE(ABORT, 'transitions are kept'); END;

CREATE TRIGGER attachment_stays BEFORE DELETE ON attachment
BEGIN SELECT RAISE(ABORT, 'attachments are marked as removed'); END;

CREATE TRIGGER attachment_content_stays BEFORE UPDATE ON attachment_content
BEGIN SELECT RAISE(ABORT, 'a content is what its hash says'); END;

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

CREATE TRIGGER audit_is_never_cut BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

CREATE TRIGGER correction_is_never_changed BEFORE UPDATE ON correction
BEGIN SELECT RAISE(ABORT, 'corrections are append-only'); END;

CREATE TRIGGER correction_is_never_cut BEFORE DELETE ON correction
BEGIN SELECT RAISE(ABORT, 'corrections are append-only'); END;

CREATE TRIGGER maintenance_event_is_never_changed BEFORE UPDATE ON maintenance_event
BEGIN SELECT RAISE(ABORT, 'the steps of maintenance are append-only'); END;

CREATE TRIGGER maintenance_event_is_never_cut BEFORE DELETE ON maintenance_event
BEGIN SELECT RAISE(ABORT, 'the steps of maintenance are append-only'); END;

CREATE TRIGGER month_report_is_never_changed BEFORE UPDATE ON month_report
BEGIN SELECT RAISE(ABORT, 'closed months are append-only'); END;

CREATE TRIGGER month_report_is_never_cut BEFORE DELETE ON month_report
BEGIN SELECT RAISE(ABORT, 'closed months are append-only'); END;

CREATE TRIGGER replacement_plan_is_kept BEFORE DELETE ON replacement_plan
WHEN OLD.state <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a frozen plan is kept'); END;

CREATE TRIGGER replacement_plan_stays BEFORE UPDATE OF spec, result ON replacement_plan
WHEN OLD.state <> 'draft' AND (OLD.spec <> NEW.spec OR OLD.result <> NEW.result)
BEGIN SELECT RAISE(ABORT, 'a frozen plan does not change'); END;

CREATE TRIGGER waiver_request_decided_once BEFORE UPDATE ON waiver_request
WHEN OLD.state <> 'waiting' OR NEW.tag <> OLD.tag OR NEW.ask <> OLD.ask OR NEW.asked_by <> OLD.asked_by
BEGIN SELECT RAISE(ABORT, 'a request is decided once'); END;

CREATE TRIGGER waiver_request_stays BEFORE DELETE ON waiver_request
BEGIN SELECT RAISE(ABORT, 'requests are kept'); END;
