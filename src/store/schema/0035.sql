-- Version 35: the bin (carrel/bin.h): records of papers that were removed. They are in no other
-- table, so whoever reads papers knows nothing of them. Numbers of records and works are never
-- given twice (meta: record_top, work_top), so what comes back has the numbers that it had.
CREATE TABLE bin(
  id INTEGER PRIMARY KEY,             -- of the record
  work INTEGER NOT NULL,              -- number of the work that it was of
  source TEXT NOT NULL, source_key TEXT NOT NULL, version INTEGER NOT NULL,
  fetched INTEGER NOT NULL, hash INTEGER NOT NULL, payload BLOB NOT NULL -- as in record
);
CREATE INDEX bin_of ON bin(work);
CREATE INDEX bin_source ON bin(source_key, source);
CREATE TABLE bin_work(
  id INTEGER PRIMARY KEY,             -- of the work
  key TEXT NOT NULL, title TEXT NOT NULL, -- what it was called
  added INTEGER NOT NULL,             -- as the work's
  at INTEGER NOT NULL                 -- when it was removed, ms
);
CREATE INDEX bin_work_at ON bin_work(at);
-- Every name that it had or that its records give; own: one of them is called so.
CREATE TABLE bin_name(
  name TEXT NOT NULL, work INTEGER NOT NULL, own INTEGER NOT NULL,
  PRIMARY KEY(name, work)) WITHOUT ROWID;
CREATE INDEX bin_name_of ON bin_name(work);
INSERT INTO meta(key, value) VALUES('record_top', 0), ('work_top', 0);

-- Is anything removed? And what.
CREATE INDEX op_gone ON op(item) WHERE kind = 'gone' AND value = '1';

ALTER TABLE harvest_run ADD COLUMN binned INTEGER NOT NULL DEFAULT 0;
