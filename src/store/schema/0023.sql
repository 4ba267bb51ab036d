-- Version 23: the number by which a repository's host knows it, whatever it is called.
ALTER TABLE repository ADD COLUMN number INTEGER; -- NULL: never said
CREATE UNIQUE INDEX repository_number ON repository(host, number) WHERE number IS NOT NULL;
