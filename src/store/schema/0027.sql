-- Version 27: events that are kept and not counted yet (carrel/events.h): a row a transaction. Whoever counts them takes the
-- row away in the same transaction.
CREATE TABLE usage_pending(
  id INTEGER PRIMARY KEY,
  events BLOB NOT NULL);              -- events_pending.c: minute, visitor, subjects; in no order of the events
