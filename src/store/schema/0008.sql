-- The vocabulary as sorted runs (src/store/vocabulary.c): a transaction appends one, and runs are
-- merged when they have become alike in size. What the tables `term` and `stem` held moves over.
CREATE TABLE vocabulary_run(id INTEGER PRIMARY KEY AUTOINCREMENT, entries INTEGER NOT NULL);
CREATE TABLE vocabulary_block(
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL, kind INTEGER NOT NULL, -- 0 unstemmed words, 1 stems
  first TEXT NOT NULL,                -- the block's first word
  data BLOB NOT NULL                  -- words, each with the bytes it shares with the one before,
                                      -- and by how much its document frequency changes
);
CREATE INDEX vocabulary_block_first ON vocabulary_block(run, kind, first);
