-- Files of words beside videos, by path as the file system has it: what each said (a document) or why it cannot be read.
-- One whose size and time are the same is not opened again; one that could not be read always is.
CREATE TABLE sidecars (
    path BLOB PRIMARY KEY,
    library BLOB NOT NULL,
    size_bytes INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    document TEXT,
    error TEXT
) WITHOUT ROWID;
CREATE INDEX sidecars_of_library ON sidecars (library);

-- What goes with videos as words, by the hash of the text: a JSON object of title, description and the like.
CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    source BLOB NOT NULL UNIQUE,
    document TEXT NOT NULL
);

-- Which document is whose, and in which forms it was found; a video whose words cannot be read has the reason instead.
-- The index over them for search is made where SQLite can, see store/words.py.
CREATE TABLE captions (
    path BLOB PRIMARY KEY,
    library BLOB NOT NULL,
    filename TEXT NOT NULL,
    source BLOB,
    forms TEXT NOT NULL DEFAULT '',
    error TEXT,
    CHECK ((source IS NULL) <> (error IS NULL))
) WITHOUT ROWID;
CREATE INDEX captions_by_filename ON captions (library, filename);
CREATE INDEX captions_by_source ON captions (source);
