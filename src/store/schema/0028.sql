-- Version 28: who waits for an origin, where several machines ask under one ledger (ledger_queue.c).
-- Ids are the order in which they came.
CREATE TABLE origin_turn(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  origin TEXT NOT NULL,
  who TEXT NOT NULL,                       -- as request.holder; of another machine: '@' and its name
  at INTEGER NOT NULL,                     -- ms: it can go from then on
  until INTEGER NOT NULL,                  -- not come by then, it has lost its place
  UNIQUE(origin, who));
