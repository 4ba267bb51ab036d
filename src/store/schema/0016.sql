-- Version 16: vectors of repositories, of the model that serves; they can be made again.
CREATE TABLE repository_vector(
  repository_id INTEGER PRIMARY KEY REFERENCES repository(id),
  model INTEGER NOT NULL,             -- its content, as of other vectors
  dim INTEGER NOT NULL,
  vector BLOB NOT NULL
);
