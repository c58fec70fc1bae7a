-- Which content lies behind an unchanged (path, size, mtime): such a file is not even opened.
-- path: as the file system has it, which need not be UTF-8.
CREATE TABLE contents (
    path BLOB PRIMARY KEY,
    size_bytes INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    content_hash BLOB NOT NULL
) WITHOUT ROWID;

-- One row for each content and feature set: a vector (little-endian float16) or the reason there is none.
-- retry: that reason may not be the content's own (a time limit, a disk), so the next run tries again.
CREATE TABLE features (
    id INTEGER PRIMARY KEY,
    content_hash BLOB NOT NULL,
    feature_set TEXT NOT NULL,
    vector BLOB,
    signature BLOB,
    error TEXT,
    retry INTEGER NOT NULL DEFAULT 0,
    CHECK ((vector IS NULL) <> (error IS NULL)),
    UNIQUE (content_hash, feature_set)
);

-- What the container says of a content, for the page and the notebooks.
CREATE TABLE media (
    content_hash BLOB PRIMARY KEY,
    facts TEXT NOT NULL
) WITHOUT ROWID;
