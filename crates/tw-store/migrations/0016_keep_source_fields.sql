-- The fields of assets that each source keeps: nobody else writes them here.
CREATE TABLE source_field(
  source TEXT NOT NULL,
  field TEXT NOT NULL,
  PRIMARY KEY (source, field)
) STRICT, WITHOUT ROWID;
