-- The videos that a person wants to find again, by filename: wherever they lie, and wherever they go.
CREATE TABLE stars (
    library TEXT NOT NULL,
    filename TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (library, filename)
) WITHOUT ROWID;
