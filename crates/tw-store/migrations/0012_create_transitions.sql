-- An asset's steps from state to state, append-only but for the second person's word on those
-- that need one: `waiting` becomes `done` or `refused`, once.
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
CREATE TRIGGER asset_transition_stays BEFORE DELETE ON asset_transition
BEGIN SELECT RAISE(ABORT, 'transitions are kept'); END;
CREATE TRIGGER asset_transition_decided_once BEFORE UPDATE ON asset_transition
WHEN OLD.state <> 'waiting' OR NEW.tag <> OLD.tag OR NEW.ask <> OLD.ask OR NEW.asked_by <> OLD.asked_by
BEGIN SELECT RAISE(ABORT, 'a transition is decided once'); END;
