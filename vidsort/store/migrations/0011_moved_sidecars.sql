-- What lay beside a video and changed places with it: as long as its move is pending, and until that is taken back.
CREATE TABLE moved_sidecars (
    move INTEGER NOT NULL,
    -- The same in the folder that the video left and in the one that it came to.
    name TEXT NOT NULL,
    -- As it was when it was moved, so that undo can tell that it was changed since.
    size_bytes INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    PRIMARY KEY (move, name)
) WITHOUT ROWID;
