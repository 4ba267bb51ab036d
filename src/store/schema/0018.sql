-- Version 18: where the reader is in a document, and what is highlighted there (carrel/reading.h).
-- By the document's name, whose alias leads to the work: merging and splitting need not know of
-- them. No foreign key: they outlive the document, and are there when it comes again.

-- mark '': where reading goes on; 'a' to 'z': set by hand.
CREATE TABLE document_place(
  document TEXT NOT NULL, mark TEXT NOT NULL,
  start INTEGER NOT NULL, stop INTEGER NOT NULL,  -- bytes of the text as it was read then
  quote TEXT NOT NULL, prefix TEXT NOT NULL, suffix TEXT NOT NULL,
  changed INTEGER NOT NULL,
  PRIMARY KEY(document, mark)) WITHOUT ROWID;

CREATE TABLE highlight(
  uid TEXT PRIMARY KEY,               -- random: two machines never make the same
  document TEXT NOT NULL,
  start INTEGER NOT NULL, stop INTEGER NOT NULL,
  quote TEXT NOT NULL, prefix TEXT NOT NULL, suffix TEXT NOT NULL,
  page INTEGER NOT NULL,              -- from 0, as it was then
  note TEXT NOT NULL DEFAULT '',
  created INTEGER NOT NULL, changed INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX highlight_document ON highlight(document, start);
