-- Version 24: what writing requests to the service did (carrel/audit.h), and which job a client's
-- own name for a request led to, so that one that is sent again makes no second job.
CREATE TABLE audit(
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, -- ms
  request TEXT NOT NULL,                       -- its number, as the log and the answer have it
  token TEXT NOT NULL,                         -- id of the token
  client TEXT NOT NULL,                        -- address
  method TEXT NOT NULL, path TEXT NOT NULL, status INTEGER NOT NULL,
  subject TEXT NOT NULL);                      -- "job 12"; '' none
CREATE TABLE job_once(
  token TEXT NOT NULL, key TEXT NOT NULL,      -- whose name, which name
  request TEXT NOT NULL,                       -- SHA-256 of what was asked for
  job_id INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY(token, key)) WITHOUT ROWID;
CREATE INDEX job_once_at ON job_once(at);
