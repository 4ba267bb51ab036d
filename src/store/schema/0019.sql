-- Access tokens of the service (carrel/access.h): ids that were given out.
CREATE TABLE access_token(
  id TEXT PRIMARY KEY, scope TEXT NOT NULL, note TEXT NOT NULL DEFAULT '',
  created INTEGER NOT NULL, expires INTEGER NOT NULL,
  revoked INTEGER                     -- when it was taken back
) WITHOUT ROWID;
