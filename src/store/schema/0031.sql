-- Version 31: stars of repositories are operations, too (ops_convert.c), so that what was sampled on
-- one machine is known on all.

-- Samples are those of the work that their name belongs to, whoever gives, moves or takes it.
CREATE TRIGGER alias_samples_new AFTER INSERT ON alias
WHEN EXISTS (SELECT 1 FROM op WHERE item = new.scheme || ':' || new.value AND kind = 'sample')
BEGIN
  DELETE FROM sample WHERE item = new.scheme || ':' || new.value AND work_id != new.work_id;
  INSERT OR REPLACE INTO sample(work_id, source, metric, item, day, value)
    SELECT new.work_id, source, substr(rest, 1, instr(rest, ' ') - 1), item,
      CAST(substr(rest, instr(rest, ' ') + 1) AS INTEGER), CAST(value AS REAL)
    FROM (SELECT substr(field, 1, instr(field, ' ') - 1) AS source,
        substr(field, instr(field, ' ') + 1) AS rest, item, value
      FROM op WHERE item = new.scheme || ':' || new.value AND kind = 'sample'
        AND NOT (item LIKE 'repo:%' AND field LIKE 'github%'));
END;
CREATE TRIGGER alias_samples_moved AFTER UPDATE OF work_id ON alias
BEGIN
  UPDATE OR REPLACE sample SET work_id = new.work_id
    WHERE item = new.scheme || ':' || new.value AND work_id != new.work_id;
END;
CREATE TRIGGER alias_samples_gone AFTER DELETE ON alias
WHEN EXISTS (SELECT 1 FROM op WHERE item = old.scheme || ':' || old.value AND kind = 'sample')
BEGIN
  DELETE FROM sample WHERE item = old.scheme || ':' || old.value AND work_id = old.work_id;
END;
