-- What was filed without a person: each batch with what was promised of it.
CREATE TABLE IF NOT EXISTS autofiled (
    batch TEXT PRIMARY KEY,
    library TEXT NOT NULL,
    at_most_wrong REAL NOT NULL,
    at REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS autofiled_by_library ON autofiled (library);

-- What such a batch would have filed in a folder, and was kept in the pile as a card without a guess.
CREATE TABLE IF NOT EXISTS held_back (
    library TEXT NOT NULL,
    filename TEXT NOT NULL,
    batch TEXT NOT NULL,
    folder TEXT NOT NULL,
    PRIMARY KEY (library, filename)
) WITHOUT ROWID;

-- What a person decided, beside what was predicted at that time: it stands as long as its move does. `held` is the
-- folder that it would have been filed in without the person, `at_most_wrong` what was promised of that.
CREATE TABLE IF NOT EXISTS decisions (
    move INTEGER PRIMARY KEY,
    library TEXT NOT NULL,
    folder TEXT NOT NULL,
    predicted TEXT NOT NULL,
    confidence REAL NOT NULL,
    is_blind INTEGER NOT NULL,
    held TEXT,
    at_most_wrong REAL
);
CREATE INDEX IF NOT EXISTS decisions_by_library ON decisions (library, is_blind, move);

-- What blind cards are drawn by, the same in all processes.
CREATE TABLE IF NOT EXISTS blind_seeds (
    library TEXT PRIMARY KEY,
    seed TEXT NOT NULL
) WITHOUT ROWID;
