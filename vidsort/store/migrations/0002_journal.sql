-- Every change to the library, written down before it is made.
CREATE TABLE moves (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    library TEXT NOT NULL,
    batch TEXT NOT NULL,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    size_bytes INTEGER,
    state TEXT NOT NULL,
    at REAL NOT NULL
);
CREATE INDEX moves_by_state ON moves (library, state, id);
CREATE INDEX moves_by_batch ON moves (batch);
