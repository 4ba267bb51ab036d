-- Alerts on trends, and the command that is told what has fired (carrel/alerts.h).
-- Of a rule with event 4, trend: the metric, and what must be exceeded (NULL: nothing of the kind).
-- `sampled` counts what was sampled of it; `seen` is how much of that the rule has looked at, -1
-- before its first look, which tells nothing.
ALTER TABLE alert_rule ADD COLUMN metric TEXT NOT NULL DEFAULT '';
ALTER TABLE alert_rule ADD COLUMN above REAL;
ALTER TABLE alert_rule ADD COLUMN velocity REAL;
ALTER TABLE alert_rule ADD COLUMN zscore REAL;
ALTER TABLE alert_rule ADD COLUMN sampled INTEGER NOT NULL DEFAULT 0;

-- Works that were past a rule's thresholds once: they come to it never again.
CREATE TABLE alert_passed(
  rule_id INTEGER NOT NULL, work_id INTEGER NOT NULL,
  PRIMARY KEY(rule_id, work_id)) WITHOUT ROWID;
CREATE INDEX alert_passed_work ON alert_passed(work_id);

CREATE TRIGGER alert_sampled AFTER INSERT ON sample
WHEN EXISTS (SELECT 1 FROM alert_rule WHERE event = 4)
BEGIN
  UPDATE alert_rule SET sampled = sampled + 1 WHERE event = 4 AND metric = NEW.metric;
END;

CREATE TRIGGER alert_resampled AFTER UPDATE OF value ON sample
WHEN NEW.value <> OLD.value AND EXISTS (SELECT 1 FROM alert_rule WHERE event = 4)
BEGIN
  UPDATE alert_rule SET sampled = sampled + 1 WHERE event = 4 AND metric = NEW.metric;
END;

-- Of a row of the journal (event_id is negative for a trend, which no alert_event stands behind):
-- the command. hook: 0 none, 1 it waits, 2 told, 3 given up. Who runs it claims the row for a time.
ALTER TABLE alert ADD COLUMN hook INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alert ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alert ADD COLUMN claimed INTEGER NOT NULL DEFAULT 0;   -- until then, ms
ALTER TABLE alert ADD COLUMN failure TEXT NOT NULL DEFAULT '';     -- of its last run
CREATE INDEX alert_hook ON alert(rule, id) WHERE hook = 1;
