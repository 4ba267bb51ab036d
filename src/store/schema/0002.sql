-- Version 2: the queue of durable jobs (carrel/jobs.h).
--
-- "Queued" is one state with three ways to wait: for other jobs (waits > 0), for a time (ready = 0),
-- or only for a worker (ready = 1). Each has an index of its own, so that claiming probes the front
-- of each and never walks over jobs that may not run yet.
CREATE TABLE job(
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice: the outside world remembers it
  kind TEXT NOT NULL,
  payload TEXT NOT NULL,
  key TEXT,                           -- one open job of each
  state INTEGER NOT NULL DEFAULT 0,   -- 0 queued, 1 running, 2 done, 3 failed, 4 cancelled
  priority INTEGER NOT NULL DEFAULT 0,
  waits INTEGER NOT NULL DEFAULT 0,   -- predecessors that have not ended
  any_end INTEGER NOT NULL DEFAULT 0, -- 1: runs even when a predecessor fails
  blocker INTEGER NOT NULL DEFAULT 0, -- the job whose failure ended this one
  ready INTEGER NOT NULL DEFAULT 1,
  due INTEGER NOT NULL,               -- real clock; so are began, seen and lease_until
  attempts INTEGER NOT NULL DEFAULT 0,
  attempts_max INTEGER NOT NULL,
  token INTEGER NOT NULL DEFAULT 0,   -- one more with each claim
  worker TEXT,
  stopping INTEGER NOT NULL DEFAULT 0,
  began INTEGER NOT NULL DEFAULT 0,
  seen INTEGER NOT NULL DEFAULT 0,    -- last sign of life; of a queued job: when its pause began
  lease_until INTEGER,
  done INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0, unit TEXT,
  result TEXT, error TEXT,
  created INTEGER NOT NULL, started INTEGER NOT NULL DEFAULT 0, finished INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX job_ready ON job(kind, priority DESC, id) WHERE state = 0 AND waits = 0 AND ready = 1;
CREATE INDEX job_delayed ON job(due, seen) WHERE state = 0 AND waits = 0 AND ready = 0;
CREATE INDEX job_running ON job(lease_until, seen) WHERE state = 1;
CREATE UNIQUE INDEX job_key ON job(key) WHERE key IS NOT NULL AND state < 2;
CREATE INDEX job_open ON job(state, priority DESC, id) WHERE state < 2;
CREATE INDEX job_ended ON job(state, finished DESC, id DESC) WHERE state >= 2;
CREATE INDEX job_blocked ON job(blocker) WHERE blocker != 0;

-- job_id waits for after_id.
CREATE TABLE job_after(
  after_id INTEGER NOT NULL, job_id INTEGER NOT NULL, PRIMARY KEY(after_id, job_id)) WITHOUT ROWID;
CREATE INDEX job_after_job ON job_after(job_id, after_id);

-- What happened to a job on the way; only the unusual is written down.
CREATE TABLE job_event(
  id INTEGER PRIMARY KEY, job_id INTEGER NOT NULL, at INTEGER NOT NULL, text TEXT NOT NULL);
CREATE INDEX job_event_job ON job_event(job_id, id);
