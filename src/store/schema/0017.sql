-- Version 17: enquiries (carrel/enquiries.h): which papers a source that is asked for one after the
-- other has been asked for. By alias, so that merging and splitting works need not know.
CREATE TABLE enquiry(
  source TEXT NOT NULL,               -- "crossref"
  scheme TEXT NOT NULL, value TEXT NOT NULL,
  asked INTEGER NOT NULL,             -- the last answer, in ms
  known INTEGER NOT NULL,             -- 0: the source has nothing of it
  PRIMARY KEY(source, scheme, value)) WITHOUT ROWID;
