-- Who may do what, and the secrets, sealed. Hashes only of what people and programs present.

CREATE TABLE credential(
  id TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  public TEXT NOT NULL CHECK (json_valid(public)),
  sealed BLOB NOT NULL,
  changed_ms INTEGER NOT NULL,
  changed_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;

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

CREATE TABLE role_grant(
  account TEXT NOT NULL REFERENCES account(id) ON DELETE CASCADE,
  role TEXT NOT NULL,
  scope_kind TEXT NOT NULL CHECK (scope_kind IN ('all', 'site', 'unit')),
  scope_id TEXT NOT NULL,
  PRIMARY KEY (account, role, scope_kind, scope_id)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE one_time_link(
  hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
  purpose TEXT NOT NULL,
  account TEXT,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  used_ms INTEGER
) STRICT, WITHOUT ROWID;
