-- Version 32: redo, the order of what is put off, collections, reviews.

-- A step that does again what an undo (a step with `undoes`) has taken back; it is a step like any other.
ALTER TABLE change_log ADD COLUMN redoes INTEGER;
CREATE INDEX change_log_redoes ON change_log(redoes) WHERE redoes IS NOT NULL;

-- What is put off comes by priority, then in the order in which it was put off.
ALTER TABLE reading ADD COLUMN priority INTEGER NOT NULL DEFAULT 0; -- -9 to 9
ALTER TABLE reading ADD COLUMN queued INTEGER NOT NULL DEFAULT 0;   -- ms: when `state` was said
UPDATE reading SET queued = changed;
CREATE INDEX reading_queue ON reading(priority DESC, queued) WHERE state = 2;

-- Named, in an order that the reader gives; one without papers is none.
CREATE TABLE collection(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE collection_work(
  collection_id INTEGER NOT NULL, work_id INTEGER NOT NULL, position REAL NOT NULL,
  PRIMARY KEY(collection_id, work_id)) WITHOUT ROWID;
CREATE INDEX collection_work_work ON collection_work(work_id);

-- Reviews with a clock (carrel/review.h): which papers lie before the reader. They stay with their
-- machine; the marks that come of them are marks like any other, and are asked of the works.
CREATE TABLE review(
  id INTEGER PRIMARY KEY,
  query TEXT NOT NULL,                -- what was asked for, for the title
  started INTEGER NOT NULL,           -- ms
  used INTEGER NOT NULL,              -- ms at it; a pause does not count
  allowed INTEGER NOT NULL,           -- ms; 0: no clock
  place INTEGER NOT NULL,             -- of the paper that comes next, from 0
  ended INTEGER                       -- ms; NULL: it can be gone on with
);
CREATE TABLE review_work(
  review_id INTEGER NOT NULL, place INTEGER NOT NULL,
  item TEXT NOT NULL,                 -- alias
  PRIMARY KEY(review_id, place)) WITHOUT ROWID;
