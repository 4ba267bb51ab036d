-- Segments of postings for ranked retrieval (cache/postings-NAME.seg): derived from the texts, for
-- speed only. A segment counts when it is listed here; whatever it does not cover is found by fts.
CREATE TABLE segment(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name INTEGER NOT NULL UNIQUE,       -- random; of the file
  docs INTEGER NOT NULL,
  first_id INTEGER NOT NULL, last_id INTEGER NOT NULL, -- works in it have ids between these
  bytes INTEGER NOT NULL,
  hash INTEGER NOT NULL,              -- postings_verify
  dead BLOB NOT NULL DEFAULT x''      -- sorted int64 ids that count no longer in it
);
-- Works whose text has changed since (or is gone, or never was in one though its id is small).
CREATE TABLE segment_pending(
  work_id INTEGER PRIMARY KEY,
  writer INTEGER NOT NULL             -- the connection that changed it; 0 it was passed over
);
-- segments_to: works with larger ids are in no segment. segment_gen: random, new with each change.
INSERT INTO meta(key, value) VALUES('segments_to', 0), ('segment_gen', 0);
-- Listing a span of dates touches the index alone.
DROP INDEX work_day;
CREATE INDEX work_day ON work(day, id, day_last);
