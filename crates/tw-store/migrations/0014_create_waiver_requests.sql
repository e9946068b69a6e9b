-- Waivers of the age rule that are asked for: a second person agrees or refuses, once. What is
-- agreed to becomes a waiver of the register.
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
CREATE TRIGGER waiver_request_stays BEFORE DELETE ON waiver_request
BEGIN SELECT RAISE(ABORT, 'requests are kept'); END;
CREATE TRIGGER waiver_request_decided_once BEFORE UPDATE ON waiver_request
WHEN OLD.state <> 'waiting' OR NEW.tag <> OLD.tag OR NEW.ask <> OLD.ask OR NEW.asked_by <> OLD.asked_by
BEGIN SELECT RAISE(ABORT, 'a request is decided once'); END;
