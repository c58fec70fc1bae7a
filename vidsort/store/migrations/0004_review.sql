-- Where the reviewer is: videos put off, and the page's preferences.
CREATE TABLE skips (
    library TEXT NOT NULL,
    filename TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (library, filename)
) WITHOUT ROWID;
CREATE TABLE preferences (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
