-- Where pages turn inside a passage: bytes from its beginning, with blanks between.
ALTER TABLE chunk ADD COLUMN turns TEXT NOT NULL DEFAULT '';
