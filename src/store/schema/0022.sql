-- Version 22: clones of repositories (carrel/clones.h), and the files of them that are searched. All
-- of it can be had again from the clone.
CREATE TABLE repository_clone(
  repository_id INTEGER PRIMARY KEY REFERENCES repository(id),
  url TEXT NOT NULL,                  -- what it is fetched from
  folder TEXT NOT NULL UNIQUE,        -- below the library: "repos/host/owner/name.git"
  head TEXT NOT NULL,                 -- the commit that all of this is about; '' it has none
  branch TEXT NOT NULL, summary TEXT NOT NULL, author TEXT NOT NULL,
  at INTEGER NOT NULL,                -- of that commit, ms
  fetched INTEGER NOT NULL,           -- ms
  files INTEGER NOT NULL, bytes INTEGER NOT NULL, files_cut INTEGER NOT NULL,
  commits INTEGER NOT NULL, commits_cut INTEGER NOT NULL,
  branches INTEGER NOT NULL, tags INTEGER NOT NULL,
  license TEXT, license_path TEXT, readme_path TEXT,
  week_end INTEGER NOT NULL,          -- the last day of the last week
  activity BLOB NOT NULL              -- commits a week, 4 bytes each, low first
);
CREATE TABLE repository_language(
  repository_id INTEGER NOT NULL, name TEXT NOT NULL, bytes INTEGER NOT NULL,
  files INTEGER NOT NULL, PRIMARY KEY(repository_id, name)) WITHOUT ROWID;
-- Papers that citation files name: as its own, beside those of the README.
CREATE TABLE repository_citation(
  repository_id INTEGER NOT NULL, scheme TEXT NOT NULL, value TEXT NOT NULL, file TEXT NOT NULL,
  position INTEGER NOT NULL, PRIMARY KEY(repository_id, scheme, value)) WITHOUT ROWID;

CREATE TABLE repository_file(
  id INTEGER PRIMARY KEY, repository_id INTEGER NOT NULL REFERENCES repository(id),
  path TEXT NOT NULL, blob TEXT NOT NULL, UNIQUE(repository_id, path));
CREATE TABLE repository_chunk(
  id INTEGER PRIMARY KEY, file_id INTEGER NOT NULL REFERENCES repository_file(id),
  line INTEGER NOT NULL,              -- its first one, from 1
  name TEXT NOT NULL,                 -- the path, as words
  body TEXT NOT NULL);
CREATE INDEX repository_chunk_of ON repository_chunk(file_id);
CREATE VIRTUAL TABLE repository_chunk_fts USING fts5(name, body,
  content='repository_chunk', content_rowid='id', tokenize='carrel');
