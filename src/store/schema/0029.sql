-- Version 29: a token remembers what signed it, so that a list can tell which ones fell with an old
-- secret. '': it was given out before.
ALTER TABLE access_token ADD COLUMN key TEXT NOT NULL DEFAULT '';
