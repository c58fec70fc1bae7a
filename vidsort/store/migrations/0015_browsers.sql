-- Which browser moved a video last, and which one is about to; NULL where none said what it is.
ALTER TABLE moves ADD COLUMN author TEXT;
ALTER TABLE moves ADD COLUMN pending_author TEXT;
-- The number of the row's last change, one higher for each that was done, undone or done again: who follows asks for
-- what is above the last one seen. NULL for what happened before this was counted.
ALTER TABLE moves ADD COLUMN change INTEGER;
CREATE INDEX moves_by_change ON moves (library, change);
-- Cards that are on show in a browser, and how long they are offered to no other.
CREATE TABLE leases (
    library TEXT NOT NULL,
    filename TEXT NOT NULL,
    browser TEXT NOT NULL,
    until REAL NOT NULL,
    PRIMARY KEY (library, filename)
) WITHOUT ROWID;
