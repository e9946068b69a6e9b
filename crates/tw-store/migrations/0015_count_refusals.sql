-- What the centre refused of a collector's records, by reason.
CREATE TABLE refusal(
  collector TEXT NOT NULL,
  reason TEXT NOT NULL,
  records INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  -- A target that the last ones named, where the reason is about targets.
  example TEXT,
  PRIMARY KEY (collector, reason)
) STRICT, WITHOUT ROWID;
