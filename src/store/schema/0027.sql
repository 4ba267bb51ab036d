-- Version 27: events that are kept and neither in a bucket of ids nor counted yet (carrel/events.h): a row a transaction, so
-- that what it writes lies together. Whoever files and counts them takes the rows away in the same transaction.
CREATE TABLE event_pending(
  id INTEGER PRIMARY KEY,
  received INTEGER NOT NULL,          -- ms
  keys BLOB NOT NULL,                 -- event_id after event_id, sorted
  counts BLOB NOT NULL);              -- events_pending.c: minute, visitor, subjects; sorted by visitor
