-- Sessions of the page that were ended by a logout before their time, by the digest of their token.
CREATE TABLE ended_sessions (
    digest BLOB PRIMARY KEY,
    expires_at REAL NOT NULL
) WITHOUT ROWID;
