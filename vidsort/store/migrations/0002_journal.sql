-- Every change to the library, written down before it is made.
CREATE TABLE moves (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    library TEXT NOT NULL,
    batch TEXT NOT NULL,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    -- Of the video before it is moved, to tell it from the empty placeholder that reserves its new name.
    size_bytes INTEGER,
    -- Permissions of a folder that is removed, so that undo can give them back.
    mode INTEGER,
    state TEXT NOT NULL,
    -- 'forth' or 'back' while the disk is being changed; what a kill leaves so is settled by recovery.
    pending TEXT,
    -- Undo takes the rows done with the highest turn, redo the undone; NULL: neither offers this row.
    turn INTEGER,
    at REAL NOT NULL
);
CREATE INDEX moves_by_state ON moves (library, state, turn);
CREATE INDEX moves_by_batch ON moves (batch);
CREATE INDEX moves_pending ON moves (library, id) WHERE pending IS NOT NULL;
