-- Version 36: where papers appeared, for venue: of queries, which looks at all names in their order.
CREATE INDEX work_text_venue ON work_text(venue) WHERE venue != '';
