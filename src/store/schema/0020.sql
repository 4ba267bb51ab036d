-- Alerts know by which name their paper was called, so that they follow it through merging and
-- splitting.
ALTER TABLE alert ADD COLUMN key TEXT NOT NULL DEFAULT '';
ALTER TABLE alert_event ADD COLUMN key TEXT NOT NULL DEFAULT '';
UPDATE alert SET key = ifnull((SELECT key FROM work WHERE id = work_id), '');
UPDATE alert_event SET key = ifnull((SELECT key FROM work WHERE id = work_id), '');
CREATE INDEX alert_work ON alert(work_id);
CREATE TRIGGER alert_named AFTER INSERT ON alert
BEGIN
  UPDATE alert SET key = ifnull((SELECT key FROM work WHERE id = NEW.work_id), '')
  WHERE id = NEW.id;
END;
CREATE TRIGGER alert_event_named AFTER INSERT ON alert_event
BEGIN
  UPDATE alert_event SET key = ifnull((SELECT key FROM work WHERE id = NEW.work_id), '')
  WHERE id = NEW.id;
END;
