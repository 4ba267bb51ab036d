-- The key of each record that is an entry of a bibliography, "" where it has none, so that what a
-- paper is cited by is told without reading all entries. It is in the record, too.
CREATE TABLE cited_key(record_id INTEGER PRIMARY KEY REFERENCES record(id), key TEXT NOT NULL);
CREATE INDEX cited_key_key ON cited_key(key) WHERE key != '';
