-- Version 37: the generations of this library, the newest last. One begins when there is more to tell other machines: under a
-- random number, which cursors carry (a number that is not here is of a library that went on and was put back), and with the
-- last operation that there was then, since a later one is not yet told to anybody.
CREATE TABLE generation(n INTEGER PRIMARY KEY, id INTEGER NOT NULL UNIQUE, op INTEGER NOT NULL);
INSERT INTO generation(id, op) SELECT abs(random() % 99999998) + 1, ifnull((SELECT max(seq) FROM op), 0);
