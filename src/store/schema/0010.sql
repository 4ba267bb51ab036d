-- Version 10: what speaks for a link, and numbers sampled over time (carrel/samples.h).

-- Of link: how it is known (official | paper | readme | author | listed; '' by nothing but the
-- record itself), and the same in words. Both are computed from the records, as the links are.
ALTER TABLE link ADD COLUMN evidence TEXT NOT NULL DEFAULT '';
ALTER TABLE link ADD COLUMN said TEXT NOT NULL DEFAULT '';

-- Upvotes, comments, stars: what a source counted, one value a day, the last one of the day. `item`
-- is the source's own id of the paper: a work that was merged has the series of each, and splitting
-- takes them apart again. Not computed from anything: it cannot be had a second time.
CREATE TABLE sample(
  work_id INTEGER NOT NULL,
  source TEXT NOT NULL, metric TEXT NOT NULL, item TEXT NOT NULL,
  day INTEGER NOT NULL,               -- days since 1970-01-01 UTC
  value REAL NOT NULL,
  PRIMARY KEY(work_id, source, metric, item, day)) WITHOUT ROWID;
CREATE INDEX sample_item ON sample(item);
