-- Alerts. A trigger notes what happened in the transaction in which it happens, and only while a
-- rule wants it; rules then take events in order of id (carrel/alerts.h).
CREATE TABLE alert_rule(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  event INTEGER NOT NULL,             -- 1 new, 2 replaced, 3 withdrawn
  query TEXT NOT NULL DEFAULT '',     -- '' every paper
  seen INTEGER NOT NULL,              -- the last alert_event it has looked at
  created INTEGER NOT NULL
);
CREATE INDEX alert_rule_event ON alert_rule(event);

-- What has happened and is not yet looked at by every rule.
CREATE TABLE alert_event(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL, event INTEGER NOT NULL, work_id INTEGER NOT NULL,
  detail TEXT NOT NULL DEFAULT ''
);

-- The journal. It outlives the rule.
CREATE TABLE alert(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  rule_id INTEGER NOT NULL, rule TEXT NOT NULL,
  event INTEGER NOT NULL, event_id INTEGER NOT NULL,
  work_id INTEGER NOT NULL, detail TEXT NOT NULL, at INTEGER NOT NULL,
  dismissed INTEGER,                  -- when
  UNIQUE(rule_id, event_id)
);
CREATE INDEX alert_open ON alert(id) WHERE dismissed IS NULL;

CREATE TRIGGER alert_new AFTER INSERT ON work
WHEN EXISTS (SELECT 1 FROM alert_rule WHERE event = 1)
BEGIN
  INSERT INTO alert_event(at, event, work_id) VALUES(NEW.changed, 1, NEW.id);
END;

-- The number of a version grew beyond what any source had said of the same thing.
CREATE TRIGGER alert_replaced AFTER INSERT ON record
WHEN NEW.version > 1 AND EXISTS (SELECT 1 FROM alert_rule WHERE event = 2)
 AND NEW.version > (SELECT max(version) FROM record WHERE source_key = NEW.source_key
                    AND work_id = NEW.work_id AND id <> NEW.id AND version > 0)
BEGIN
  INSERT INTO alert_event(at, event, work_id, detail)
  SELECT NEW.fetched, 2, NEW.work_id, 'v' || max(version) || ' to v' || NEW.version
  FROM record WHERE source_key = NEW.source_key AND work_id = NEW.work_id AND id <> NEW.id
  AND version > 0;
END;

CREATE TRIGGER alert_withdrawn AFTER UPDATE OF flags ON work
WHEN NEW.flags & 4 AND NOT OLD.flags & 4 AND EXISTS (SELECT 1 FROM alert_rule WHERE event = 3)
BEGIN
  INSERT INTO alert_event(at, event, work_id) VALUES(NEW.changed, 3, NEW.id);
END;
