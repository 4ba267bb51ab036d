-- Version 26: events of websites (carrel/events.h) and what is counted of them. The counts cannot be
-- made again once their events were pruned.
CREATE TABLE event(
  id INTEGER PRIMARY KEY,             -- in the order in which they came
  key BLOB NOT NULL,                  -- event_id, 16 bytes
  received INTEGER NOT NULL,          -- ms
  at INTEGER NOT NULL,                -- ms
  kind INTEGER NOT NULL,              -- enum event_kind
  paper INTEGER, path INTEGER, referrer INTEGER, query INTEGER, -- usage_name.id
  target TEXT, results INTEGER);
-- Which ids were there: in buckets of so many, so that what is written lies close together. A
-- bucket goes as a whole (events_prune.c).
CREATE TABLE event_key(
  bucket INTEGER NOT NULL, key BLOB NOT NULL, PRIMARY KEY(bucket, key)) WITHOUT ROWID;
CREATE TABLE event_bucket(
  id INTEGER PRIMARY KEY, count INTEGER NOT NULL,
  newest INTEGER NOT NULL);           -- ms, when the last one came
CREATE TABLE usage_name(
  id INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,              -- enum usage_kind
  name TEXT NOT NULL, UNIQUE(kind, name));
CREATE TABLE usage(
  span INTEGER NOT NULL,              -- enum usage_span: `at` counts these since 1970
  kind INTEGER NOT NULL, at INTEGER NOT NULL,
  subject INTEGER NOT NULL,           -- usage_name.id; 0: of everything
  views INTEGER NOT NULL, clicks INTEGER NOT NULL, searches INTEGER NOT NULL,
  fruitless INTEGER NOT NULL,         -- searches that found nothing
  visitors INTEGER NOT NULL, PRIMARY KEY(span, kind, at, subject)) WITHOUT ROWID;
-- Who was counted (carrel/visitors.h), for as long as late events may come.
CREATE TABLE usage_visitors(
  span INTEGER NOT NULL, kind INTEGER NOT NULL, at INTEGER NOT NULL, subject INTEGER NOT NULL,
  members BLOB NOT NULL, PRIMARY KEY(span, kind, at, subject)) WITHOUT ROWID;
