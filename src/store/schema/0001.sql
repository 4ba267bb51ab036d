-- carrel's library, version 1. A migration is never edited once released; later ones add to it.
-- Days are days since 1970-01-01; times are milliseconds since 1970-01-01 UTC.

CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;

-- A work is what a person means by "the paper". Narrow on purpose: filters, counts and date order
-- read this table alone. All of it but id, key and added is computed from the records.
CREATE TABLE work(
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,           -- what is shown and typed: "arxiv:1706.03762"
  day INTEGER NOT NULL DEFAULT 0,     -- first day meant by published (0 when unknown)
  day_last INTEGER NOT NULL DEFAULT 0,-- last day meant, for partial dates
  added INTEGER NOT NULL,             -- when carrel first saw it
  changed INTEGER NOT NULL,           -- when a record last changed it
  title_hash INTEGER NOT NULL,        -- hash64 of the folded title, for identity
  primary_category INTEGER NOT NULL DEFAULT 0, -- category.id, 0 none
  flags INTEGER NOT NULL DEFAULT 0    -- bit 0 has code, 1 has doi, 2 withdrawn, 3 has pdf url
);
CREATE INDEX work_day ON work(day, id);
CREATE INDEX work_added ON work(added, id);
CREATE INDEX work_title ON work(title_hash);
INSERT INTO meta(key, value) VALUES('works', 0), ('text_gen', 0), ('library_id', abs(random()));

-- The wide part, read only for rows that are shown; the content table of the full-text index.
CREATE TABLE work_text(
  id INTEGER PRIMARY KEY REFERENCES work(id),
  title TEXT NOT NULL, abstract TEXT NOT NULL DEFAULT '',
  authors TEXT NOT NULL DEFAULT '',   -- one per line, in order
  published TEXT, updated TEXT, doi TEXT, venue TEXT, comment TEXT, url TEXT, pdf_url TEXT, license TEXT
);

-- What one source said, verbatim. Older answers of the same source stay with current = 0.
CREATE TABLE record(
  id INTEGER PRIMARY KEY,
  work_id INTEGER NOT NULL REFERENCES work(id),
  source TEXT NOT NULL,               -- arxiv-atom, oai-arxiv, rss, jsonl ...
  source_key TEXT NOT NULL,           -- the id within the source
  version INTEGER NOT NULL DEFAULT 0,
  fetched INTEGER NOT NULL,
  hash INTEGER NOT NULL,              -- hash64 of the payload before packing
  current INTEGER NOT NULL DEFAULT 1,
  payload BLOB NOT NULL               -- record_pack (model), raw deflate
);
CREATE INDEX record_work ON record(work_id);
CREATE INDEX record_source ON record(source_key, source, current);

CREATE TABLE alias(
  scheme TEXT NOT NULL, value TEXT NOT NULL,
  work_id INTEGER NOT NULL REFERENCES work(id),
  record_id INTEGER REFERENCES record(id),
  PRIMARY KEY(scheme, value)
) WITHOUT ROWID;
CREATE INDEX alias_work ON alias(work_id);

CREATE TABLE merge(
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL,
  work_id INTEGER NOT NULL,           -- the one that stayed
  gone_key TEXT NOT NULL,             -- key of the one that went in
  evidence TEXT NOT NULL,             -- JSON: rule, values compared
  score REAL NOT NULL, by_hand INTEGER NOT NULL DEFAULT 0,
  moved TEXT NOT NULL,                -- JSON: what came from the other (records, aliases, state)
  undone INTEGER                      -- time, when split again
);
CREATE INDEX merge_work ON merge(work_id);
CREATE TABLE keep_apart(a TEXT NOT NULL, b TEXT NOT NULL, PRIMARY KEY(a, b)) WITHOUT ROWID;

CREATE TABLE author(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE work_author(
  work_id INTEGER NOT NULL, position INTEGER NOT NULL, author_id INTEGER NOT NULL,
  PRIMARY KEY(work_id, position)) WITHOUT ROWID;
CREATE INDEX work_author_author ON work_author(author_id, work_id);

CREATE TABLE category(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE);
-- day is the work's, so that "newest in this category" is a range of the primary key.
CREATE TABLE work_category(
  category_id INTEGER NOT NULL, day INTEGER NOT NULL, work_id INTEGER NOT NULL, position INTEGER NOT NULL,
  PRIMARY KEY(category_id, day, work_id)) WITHOUT ROWID;
CREATE INDEX work_category_work ON work_category(work_id, position);

CREATE TABLE link(
  work_id INTEGER NOT NULL, kind TEXT NOT NULL,  -- code | html | pdf | doi | project
  url TEXT NOT NULL, record_id INTEGER, PRIMARY KEY(work_id, kind, url)) WITHOUT ROWID;

-- ---- the reader's own state ----
CREATE TABLE tag(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE work_tag(
  tag_id INTEGER NOT NULL, work_id INTEGER NOT NULL, added INTEGER NOT NULL,
  PRIMARY KEY(tag_id, work_id)) WITHOUT ROWID;
CREATE INDEX work_tag_work ON work_tag(work_id);
CREATE TABLE note(id INTEGER PRIMARY KEY, work_id INTEGER NOT NULL, body TEXT NOT NULL,
  created INTEGER NOT NULL, changed INTEGER NOT NULL);
CREATE UNIQUE INDEX note_work ON note(work_id);   -- one note a work
-- No row: unread and not starred.
CREATE TABLE reading(
  work_id INTEGER PRIMARY KEY, state INTEGER NOT NULL DEFAULT 0, -- 0 unread, 1 read, 2 later, 3 skip
  starred INTEGER NOT NULL DEFAULT 0, changed INTEGER NOT NULL);
CREATE TABLE saved_query(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, query TEXT NOT NULL,
  position INTEGER NOT NULL, created INTEGER NOT NULL);
-- Append-only: undo and, later, sync read it. `item` names works by alias, never by row number.
CREATE TABLE change_log(
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL,
  step INTEGER NOT NULL,              -- one user action = one step; undo takes a whole step back
  kind TEXT NOT NULL,                 -- tag | read | star | note | query | merge | split
  item TEXT NOT NULL, field TEXT NOT NULL DEFAULT '', old TEXT, new TEXT,
  undoes INTEGER                      -- the step this one took back
);
CREATE INDEX change_log_step ON change_log(step);
CREATE INDEX change_log_undoes ON change_log(undoes) WHERE undoes IS NOT NULL;

-- ---- what can be rebuilt (doctor --fix) ----
-- Porter stems of title, abstract and authors; our tokenizer ("carrel") is registered by the store.
CREATE VIRTUAL TABLE fts USING fts5(title, abstract, authors, content='work_text', content_rowid='id',
  columnsize=0, tokenize='carrel');
-- Tokens of each column, for ranking; the mapped cache/lengths is made from it.
CREATE TABLE work_length(id INTEGER PRIMARY KEY, title INTEGER NOT NULL, authors INTEGER NOT NULL,
  abstract INTEGER NOT NULL);
-- Unstemmed words for prefix expansion and completion, and document frequencies for ranking.
CREATE TABLE term(term TEXT PRIMARY KEY, stem TEXT NOT NULL, df INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE stem(stem TEXT PRIMARY KEY, df INTEGER NOT NULL) WITHOUT ROWID;
