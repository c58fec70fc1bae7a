-- Whose job it was; '' before that was written down.
ALTER TABLE jobs ADD COLUMN library TEXT NOT NULL DEFAULT '';

-- Preferences that mean something in one library only, like the keys of its folders.
CREATE TABLE library_preferences (
    library TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (library, name)
) WITHOUT ROWID;
