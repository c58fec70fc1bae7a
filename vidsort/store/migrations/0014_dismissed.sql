-- What a person has looked at and found right: a video in its folder, two videos that are no duplicates of one another.
CREATE TABLE IF NOT EXISTS dismissed (
    library TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (library, kind, subject)
) WITHOUT ROWID;
