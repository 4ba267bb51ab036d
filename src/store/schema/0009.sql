-- Documents: what was read out of PDFs and other files (documents.h). A document belongs to the work
-- that has the alias file:NAME, so that merging and splitting works need not know of it.
CREATE TABLE document(
  id INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,        -- of the bytes; the file is files/AA/SHA256
  name TEXT NOT NULL UNIQUE,          -- its first 16 digits
  format TEXT NOT NULL, state TEXT NOT NULL, -- as `process --json` names them
  message TEXT,                       -- why it is not done
  pages INTEGER NOT NULL, chars INTEGER NOT NULL, bytes INTEGER NOT NULL,
  origin TEXT NOT NULL,               -- path or URL it came from, the last one
  title TEXT,                         -- as its own text says
  added INTEGER NOT NULL, processed INTEGER NOT NULL,
  reader INTEGER NOT NULL,            -- version of the reader; a newer one may do better
  time_limit INTEGER NOT NULL, memory_limit INTEGER NOT NULL, -- what it was allowed
  minhash BLOB,                       -- 128 uint32, NULL: too little text
  packed BLOB                         -- the document as the reader packs it, raw deflate
);
CREATE INDEX document_state ON document(state) WHERE state <> 'done';

CREATE TABLE chunk(
  id INTEGER PRIMARY KEY,
  document_id INTEGER NOT NULL REFERENCES document(id),
  ordinal INTEGER NOT NULL,
  page INTEGER NOT NULL,              -- from 0
  start INTEGER NOT NULL, "end" INTEGER NOT NULL, -- bytes of the document's text
  heading TEXT NOT NULL, body TEXT NOT NULL
);
CREATE UNIQUE INDEX chunk_document ON chunk(document_id, ordinal);

-- What the bibliography names. Which work an entry is, is looked up when it is asked, by these.
CREATE TABLE document_reference(
  document_id INTEGER NOT NULL REFERENCES document(id),
  ordinal INTEGER NOT NULL,
  marker TEXT, body TEXT NOT NULL,
  arxiv TEXT, doi TEXT, title TEXT, title_hash INTEGER, author TEXT, year INTEGER NOT NULL,
  PRIMARY KEY(document_id, ordinal)) WITHOUT ROWID;
CREATE INDEX document_reference_arxiv ON document_reference(arxiv) WHERE arxiv IS NOT NULL;
CREATE INDEX document_reference_doi ON document_reference(doi) WHERE doi IS NOT NULL;
CREATE INDEX document_reference_title ON document_reference(title_hash) WHERE title_hash IS NOT NULL;

-- ---- what can be rebuilt (doctor --fix) ----
CREATE VIRTUAL TABLE chunk_fts USING fts5(heading, body, content='chunk', content_rowid='id',
  columnsize=0, tokenize='carrel');
CREATE VIRTUAL TABLE chunk_vocab USING fts5vocab(chunk_fts, row);
-- int8 vectors of all chunks of a document, one behind the other in their order.
CREATE TABLE document_vectors(
  document_id INTEGER PRIMARY KEY REFERENCES document(id),
  model INTEGER NOT NULL, dim INTEGER NOT NULL, vectors BLOB NOT NULL
);
-- Near-duplicates are looked for among those that share a band of the signature (4 of its numbers).
CREATE TABLE document_band(
  band INTEGER NOT NULL, hash INTEGER NOT NULL, document_id INTEGER NOT NULL,
  PRIMARY KEY(band, hash, document_id)) WITHOUT ROWID;
CREATE INDEX document_band_document ON document_band(document_id);
