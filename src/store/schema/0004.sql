-- The request ledger and the budgets of origins (ledger.h). Times are real ms since 1970 UTC.

CREATE TABLE origin(
  name TEXT PRIMARY KEY,
  interval_ms INTEGER NOT NULL DEFAULT 0,  -- as the last request had it
  last_end INTEGER NOT NULL DEFAULT 0,     -- when the last answer ended
  not_before INTEGER NOT NULL DEFAULT 0,   -- what the server asked for
  seen INTEGER NOT NULL DEFAULT 0,         -- when this row was written: a clock behind it has jumped back
  remaining INTEGER NOT NULL DEFAULT -1,   -- in the server's own window
  stopped TEXT, stopped_at INTEGER         -- why it is left alone, and since when
) WITHOUT ROWID;

-- Written before a request is sent and completed after; ids are tickets and are never used twice.
CREATE TABLE request(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  origin TEXT NOT NULL, source TEXT NOT NULL, run INTEGER NOT NULL DEFAULT 0,
  purpose TEXT NOT NULL DEFAULT '', url TEXT NOT NULL, try INTEGER NOT NULL DEFAULT 1,
  sent INTEGER NOT NULL,
  deadline INTEGER NOT NULL,               -- not settled by then, its sender has died
  holder TEXT NOT NULL,                    -- holder.h
  settled INTEGER,                         -- NULL: in flight
  status INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0, took INTEGER NOT NULL DEFAULT 0,
  error TEXT                               -- NULL: fine
);
CREATE INDEX request_open ON request(origin) WHERE settled IS NULL;
CREATE INDEX request_origin ON request(origin, id);

-- What a server said of its answer's age. It is sent back only once the answer's records are saved.
CREATE TABLE validator(
  url TEXT PRIMARY KEY, at INTEGER NOT NULL,
  etag TEXT, last_modified TEXT,           -- of the answer last saved
  new_etag TEXT, new_last_modified TEXT    -- of the answer last received
) WITHOUT ROWID;
