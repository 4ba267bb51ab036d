-- Version 34: versions of papers (carrel/editions.h), and which of them the reader has seen.

-- Of works that have more than one version, or were withdrawn. Computed from the records.
CREATE TABLE work_version(
  work_id INTEGER PRIMARY KEY,
  number INTEGER NOT NULL,            -- of the newest; 0 not known
  day INTEGER NOT NULL,               -- when it is from; 0 not known
  came INTEGER NOT NULL,              -- when it came here in place of an older one, ms; 0 never
  withdrawn INTEGER NOT NULL,         -- when the withdrawal of a paper that was here came, ms; or 0
  known TEXT NOT NULL                 -- all of them, a line each: number, time and size, or "-"
);
CREATE INDEX work_version_came ON work_version(max(came, withdrawn));

-- The reader's own (kind "seen" in op): the version that was read, or was the newest when the
-- reader last looked at what had changed.
CREATE TABLE seen(
  work_id INTEGER PRIMARY KEY,
  value TEXT NOT NULL,                -- "v2 2024-03-05 withdrawn", what is not known left out
  number INTEGER NOT NULL, day INTEGER NOT NULL, withdrawn INTEGER NOT NULL,
  at INTEGER NOT NULL                 -- ms
);

-- Works that were read, and of which there is more than was read. What was marked before there was
-- a table for it was of the version that was here then.
CREATE VIEW work_news AS
SELECT r.work_id, v.came, v.withdrawn FROM reading r JOIN work_version v ON v.work_id = r.work_id
LEFT JOIN seen s ON s.work_id = r.work_id
WHERE r.state = 1 AND CASE
  WHEN s.work_id IS NULL THEN max(v.came, v.withdrawn) > r.changed
  WHEN v.withdrawn > 0 AND NOT s.withdrawn THEN 1
  WHEN v.number > 0 AND s.number > 0 THEN v.number > s.number
  WHEN v.day > 0 AND s.day > 0 THEN v.day > s.day
  ELSE v.came > s.at END;

-- What numbers tell of older records; days come as works are composed again.
INSERT INTO work_version(work_id, number, day, came, withdrawn, known)
SELECT work_id, max(number), 0, ifnull(max(came) FILTER (WHERE came > first AND number = most), 0), 0,
  group_concat(number || ' - -', char(10)) FROM (
  SELECT work_id, version AS number, min(fetched) AS came,
    min(min(fetched)) OVER (PARTITION BY work_id) AS first,
    max(version) OVER (PARTITION BY work_id) AS most
  FROM record WHERE version > 0 AND source_key LIKE 'arxiv:%' GROUP BY work_id, version ORDER BY 1, 2)
GROUP BY work_id HAVING count(*) > 1;
INSERT INTO work_version(work_id, number, day, came, withdrawn, known)
SELECT r.work_id, 0, 0, 0, max(r.fetched), '' FROM record r JOIN work w ON w.id = r.work_id
WHERE r.source = 'oai' AND r.current AND w.flags & 4 AND EXISTS (SELECT 1 FROM record o WHERE
  o.source_key = r.source_key AND o.work_id = r.work_id AND o.source != 'oai' AND o.id < r.id)
GROUP BY r.work_id ON CONFLICT(work_id) DO UPDATE SET withdrawn = excluded.withdrawn;

-- A newer version that only its day tells; where numbers are known, alert_replaced has noted it.
CREATE TRIGGER alert_redated AFTER UPDATE OF came ON work_version
WHEN NEW.came > OLD.came AND NEW.number = 0 AND NEW.day > 0
 AND EXISTS (SELECT 1 FROM alert_rule WHERE event = 2)
BEGIN
  INSERT INTO alert_event(at, event, work_id, detail)
  VALUES(NEW.came, 2, NEW.work_id, 'version of ' || date(NEW.day * 86400, 'unixepoch'));
END;
CREATE TRIGGER alert_dated AFTER INSERT ON work_version
WHEN NEW.came > 0 AND NEW.number = 0 AND NEW.day > 0
 AND EXISTS (SELECT 1 FROM alert_rule WHERE event = 2)
BEGIN
  INSERT INTO alert_event(at, event, work_id, detail)
  VALUES(NEW.came, 2, NEW.work_id, 'version of ' || date(NEW.day * 86400, 'unixepoch'));
END;
