-- Version 30: operations (carrel/ops.h): what the reader has said, a register for each thing, by
-- which machines that were apart agree. Works are named by alias.
CREATE TABLE machine(
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE             -- 32 hexadecimal digits, random
);
-- seq: cursors of peers count these; what replaces an operation has a new one. stamp: a hybrid
-- logical clock, milliseconds since 1970 << 16 | counter. A register has one row, that of a note
-- one for each edit that no other has seen; value NULL: taken away.
CREATE TABLE op(
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  stamp INTEGER NOT NULL, machine INTEGER NOT NULL REFERENCES machine(n),
  kind TEXT NOT NULL, item TEXT NOT NULL, field TEXT NOT NULL DEFAULT '',
  value TEXT,
  past TEXT NOT NULL DEFAULT ''       -- of a note: up to which stamp of each machine it has seen
);
CREATE UNIQUE INDEX op_register ON op(item, kind, field, machine, stamp);
CREATE INDEX op_pair ON op(field) WHERE kind = 'pair'; -- decisions by their other name, too

CREATE INDEX op_edit ON op(value) WHERE kind = 'edit'; -- identifiers that were said by hand

-- Records by the order in which they came or were added to: new ones have larger ids, so only the
-- others are listed.
CREATE TABLE record_again(
  seq INTEGER PRIMARY KEY AUTOINCREMENT, record_id INTEGER NOT NULL UNIQUE);

-- Names that a record gives its paper and that belong to another work.
CREATE TABLE claim(
  name TEXT NOT NULL, record_id INTEGER NOT NULL, PRIMARY KEY(name, record_id)) WITHOUT ROWID;

-- Where the exchange with each peer stands (carrel/peer_states.h). What is learnt from one is
-- written in the transaction that moves the cursor.
CREATE TABLE peer(
  name TEXT PRIMARY KEY,              -- in the configuration
  url TEXT NOT NULL,                  -- at another one everything starts anew
  got TEXT NOT NULL,                  -- cursor in the peer's library
  sent TEXT NOT NULL,                 -- cursor in ours: up to there it has everything
  exchanged INTEGER NOT NULL,         -- the last whole exchange, ms
  tried INTEGER NOT NULL,             -- the last one that began, ms
  error TEXT NOT NULL,                -- of that
  told TEXT NOT NULL                  -- what was odd about it
) WITHOUT ROWID;
-- Of a peer that is a folder: up to where what each machine has written there was read.
CREATE TABLE peer_segment(
  peer TEXT NOT NULL, machine TEXT NOT NULL, next INTEGER NOT NULL,
  hash INTEGER NOT NULL,              -- of the last one that was read; of our own: of the next one
  PRIMARY KEY(peer, machine)) WITHOUT ROWID;
