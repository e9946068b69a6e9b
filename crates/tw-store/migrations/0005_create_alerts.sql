-- What the alert core remembers, what it decided, and the notices that wait to be sent.

CREATE TABLE alert_state(
  key TEXT PRIMARY KEY,
  body TEXT NOT NULL CHECK (json_valid(body)),
  changed_ms INTEGER NOT NULL
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
