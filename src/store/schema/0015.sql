-- Version 15: repositories (carrel/repositories.h).

-- Of a link that leads to one: its key, "github.com/owner/name"; computed from the address.
ALTER TABLE link ADD COLUMN repo TEXT NOT NULL DEFAULT '';
CREATE INDEX link_repo ON link(repo, work_id) WHERE repo <> '';

CREATE TABLE repository(
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,           -- as it is called now
  host TEXT NOT NULL,
  name TEXT NOT NULL,                 -- "Owner/Name"
  url TEXT, homepage TEXT, language TEXT, license TEXT, branch TEXT,
  parent TEXT,                        -- key of what it was forked from
  created TEXT, pushed TEXT,
  stars INTEGER, forks INTEGER, issues INTEGER,
  archived INTEGER NOT NULL DEFAULT 0, fork INTEGER NOT NULL DEFAULT 0,
  state INTEGER NOT NULL,             -- 1 known, 2 gone, 3 blocked
  why TEXT,
  wanted INTEGER NOT NULL DEFAULT 0,  -- by hand, whatever papers link to it
  hash INTEGER NOT NULL DEFAULT 0,    -- of the facts; 0: none came yet
  added INTEGER NOT NULL, changed INTEGER NOT NULL,
  asked INTEGER NOT NULL,             -- the last answer about it, in ms
  next_day INTEGER NOT NULL           -- not asked again before
);
CREATE INDEX repository_stars ON repository(stars);
-- Every name that leads to one, the present one, too.
CREATE TABLE repository_alias(
  key TEXT PRIMARY KEY, repository_id INTEGER NOT NULL REFERENCES repository(id)) WITHOUT ROWID;
CREATE INDEX repository_alias_of ON repository_alias(repository_id);

CREATE TABLE repository_readme(
  repository_id INTEGER PRIMARY KEY REFERENCES repository(id),
  name TEXT, markdown TEXT NOT NULL,
  pushed TEXT NOT NULL                -- what the repository's was when it was read
);
-- The papers that a README names; by alias, so that merging and splitting works need not know.
CREATE TABLE repository_paper(
  repository_id INTEGER NOT NULL, scheme TEXT NOT NULL, value TEXT NOT NULL,
  own INTEGER NOT NULL,               -- named as the paper that the code belongs to
  position INTEGER NOT NULL,
  PRIMARY KEY(repository_id, scheme, value)) WITHOUT ROWID;
CREATE INDEX repository_paper_of ON repository_paper(value, scheme);

-- One value a day, the last one; it cannot be had a second time.
CREATE TABLE repository_sample(
  repository_id INTEGER NOT NULL, metric TEXT NOT NULL, day INTEGER NOT NULL, value REAL NOT NULL,
  PRIMARY KEY(repository_id, metric, day)) WITHOUT ROWID;
-- All samples of a work: its own and those of its repositories. A repository that is linked twice
-- comes twice.
CREATE VIEW work_sample AS
  SELECT work_id, source, metric, item, day, value FROM sample
  UNION ALL
  SELECT l.work_id, 'github', s.metric, r.key, s.day, s.value
  FROM link l JOIN repository_alias a ON a.key = l.repo JOIN repository r ON r.id = a.repository_id
  JOIN repository_sample s ON s.repository_id = r.id WHERE l.repo <> '';

-- What is searched; the index can be rebuilt.
CREATE TABLE repository_text(
  id INTEGER PRIMARY KEY REFERENCES repository(id),
  name TEXT NOT NULL, description TEXT NOT NULL DEFAULT '', topics TEXT NOT NULL DEFAULT '',
  readme TEXT NOT NULL DEFAULT ''     -- as plain words
);
CREATE VIRTUAL TABLE repository_fts USING fts5(name, description, topics, readme,
  content='repository_text', content_rowid='id', tokenize='carrel');

-- Rules on trends hear of these as of samples of works.
CREATE TRIGGER alert_sampled_repository AFTER INSERT ON repository_sample
WHEN EXISTS (SELECT 1 FROM alert_rule WHERE event = 4)
BEGIN
  UPDATE alert_rule SET sampled = sampled + 1 WHERE event = 4 AND metric = NEW.metric;
END;
CREATE TRIGGER alert_resampled_repository AFTER UPDATE OF value ON repository_sample
WHEN NEW.value <> OLD.value AND EXISTS (SELECT 1 FROM alert_rule WHERE event = 4)
BEGIN
  UPDATE alert_rule SET sampled = sampled + 1 WHERE event = 4 AND metric = NEW.metric;
END;
