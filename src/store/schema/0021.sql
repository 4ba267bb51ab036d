-- Version 21: names of repositories that could not be had (a server that answers with something
-- else): they are not due again before that day, so that others have their turn.
CREATE TABLE repository_later(key TEXT PRIMARY KEY, day INTEGER NOT NULL) WITHOUT ROWID;
