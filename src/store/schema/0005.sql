-- What is being harvested (carrel/streams.h). Times are those of the program's clock;
-- those of leases are real ones, in milliseconds since 1970.

-- A list that a source is read by, and the place in it. The place is saved together with the
-- records of the page before it.
CREATE TABLE harvest_stream(
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL, name TEXT NOT NULL,
  cursor TEXT NOT NULL DEFAULT '',
  finished INTEGER NOT NULL DEFAULT 0,   -- the cursor has ended a round
  taken INTEGER NOT NULL DEFAULT 0,      -- records of the page at the cursor that are saved already
  got INTEGER NOT NULL DEFAULT 0,        -- in this round
  total INTEGER NOT NULL DEFAULT -1,     -- announced for this round; -1 unknown
  records INTEGER NOT NULL DEFAULT 0,    -- in all rounds
  rounds INTEGER NOT NULL DEFAULT 0,     -- whole ones
  since INTEGER,                         -- the day that was asked for, when this round began; NULL none
  began INTEGER NOT NULL DEFAULT 0, completed INTEGER NOT NULL DEFAULT 0, changed INTEGER NOT NULL DEFAULT 0,
  UNIQUE(source, name)
);

-- One source, once: history.
CREATE TABLE harvest_run(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  source TEXT NOT NULL, owner TEXT NOT NULL,
  state INTEGER NOT NULL DEFAULT 0,      -- 0 running, 1 done, 2 partial, 3 failed, 4 cancelled, 5 lost
  started INTEGER NOT NULL, ended INTEGER NOT NULL DEFAULT 0, took_ms INTEGER NOT NULL DEFAULT 0,
  requests INTEGER NOT NULL DEFAULT 0, retries INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0,
  seen INTEGER NOT NULL DEFAULT 0, added INTEGER NOT NULL DEFAULT 0, updated INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0, rejected INTEGER NOT NULL DEFAULT 0, gaps INTEGER NOT NULL DEFAULT 0,
  error TEXT
);
CREATE INDEX harvest_run_source ON harvest_run(source, id);

-- What could not be fetched. Without a cursor the stream stands there; with one it was passed over
-- and is asked for again by itself; one that begins with '!' cannot be had at all.
CREATE TABLE harvest_gap(
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL, stream TEXT NOT NULL,
  what TEXT NOT NULL, why TEXT NOT NULL, cursor TEXT NOT NULL DEFAULT '',
  tries INTEGER NOT NULL DEFAULT 1,
  found INTEGER NOT NULL, tried INTEGER NOT NULL, closed INTEGER, run_id INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX harvest_gap_open ON harvest_gap(source, stream) WHERE closed IS NULL;

-- Who is harvesting a source now.
CREATE TABLE harvest_lease(
  source TEXT PRIMARY KEY,
  owner TEXT NOT NULL,                   -- for people: "host 1234"
  holder TEXT NOT NULL,                  -- holder.h
  token INTEGER NOT NULL, run_id INTEGER NOT NULL DEFAULT 0,
  taken INTEGER NOT NULL, until INTEGER NOT NULL
) WITHOUT ROWID;
