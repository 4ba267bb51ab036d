-- Version 3: vectors of works (carrel/vectors.h).

-- Models whose vectors are kept: one serves searches, and one more may be in preparation.
CREATE TABLE vector_model(
  slot INTEGER PRIMARY KEY CHECK (slot IN (0, 1)), -- the table its vectors lie in
  state INTEGER NOT NULL,             -- 1 serves, 2 is being prepared, 0 is being removed
  kind TEXT NOT NULL,                 -- builtin | file (models/NAME.bin) | server
  name TEXT NOT NULL,
  content INTEGER NOT NULL,           -- hash of the model itself
  dim INTEGER NOT NULL,
  added INTEGER NOT NULL
);

-- ---- what can be rebuilt (doctor --fix) ----
-- int8 numbers, the direction only. An empty one: the work has no word that says anything.
CREATE TABLE embedding0(work_id INTEGER PRIMARY KEY, vector BLOB NOT NULL);
CREATE TABLE embedding1(work_id INTEGER PRIMARY KEY, vector BLOB NOT NULL);

-- Which works' vectors a transaction changed, so that cache/signs can follow. `nonce` tells this
-- history from that of a restored copy. Old ones are pruned; who has fallen behind starts over.
CREATE TABLE vector_change(
  seq INTEGER PRIMARY KEY, nonce INTEGER NOT NULL,
  runs BLOB NOT NULL                  -- pairs of int64: first work, how many
);
