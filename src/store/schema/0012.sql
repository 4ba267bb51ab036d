-- Version 12: the catalogue (carrel/catalog.h): tasks with tables of results, methods, data sets.
-- Papers are named by alias, so that merging and splitting works need not know of it.

CREATE TABLE catalog(
  id INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,              -- 1 task, 2 method, 3 data set
  key TEXT NOT NULL,                  -- the name, folded: it is looked up by this
  name TEXT NOT NULL,
  hash INTEGER NOT NULL DEFAULT 0,    -- of what was said of it; 0: others only mention it
  full_name TEXT, description TEXT, url TEXT, introduced TEXT, code TEXT,
  scheme TEXT, value TEXT, paper_title TEXT,       -- the paper that introduced it
  groups TEXT, names TEXT,            -- one a line: areas, collections, modalities; other names
  credit TEXT,                        -- whose data it is (carrel/credit.h)
  UNIQUE(kind, key)
);
-- A task belongs to wider ones, a data set to what it is used for.
CREATE TABLE catalog_task(
  task_id INTEGER NOT NULL, entry_id INTEGER NOT NULL, PRIMARY KEY(task_id, entry_id)) WITHOUT ROWID;
CREATE INDEX catalog_task_entry ON catalog_task(entry_id);

-- A task on a data set. Rows are as the source ordered them: best first.
CREATE TABLE result_table(
  id INTEGER PRIMARY KEY,
  task_id INTEGER NOT NULL REFERENCES catalog(id),
  dataset_id INTEGER NOT NULL REFERENCES catalog(id),
  metrics TEXT NOT NULL,              -- one a line
  rows INTEGER NOT NULL,
  hash INTEGER NOT NULL,
  credit TEXT,
  UNIQUE(task_id, dataset_id)
);
CREATE INDEX result_table_dataset ON result_table(dataset_id);
CREATE TABLE result_row(
  table_id INTEGER NOT NULL REFERENCES result_table(id),
  position INTEGER NOT NULL,
  model TEXT NOT NULL,
  scheme TEXT, value TEXT,            -- of its paper
  title TEXT, url TEXT, published TEXT,
  results TEXT NOT NULL,              -- as written, one a line, by the table's metrics
  code TEXT,                          -- addresses, one a line
  more_data INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(table_id, position)) WITHOUT ROWID;
CREATE INDEX result_row_paper ON result_row(value, scheme) WHERE value IS NOT NULL;

-- Tasks and methods of works, computed from their records as links are.
CREATE TABLE catalog_work(
  entry_id INTEGER NOT NULL, work_id INTEGER NOT NULL, PRIMARY KEY(entry_id, work_id)) WITHOUT ROWID;
CREATE INDEX catalog_work_work ON catalog_work(work_id);
