-- What a kind of evidence reads in a video (what is said in it, or shown as text) in place of a vector: a JSON object with
-- the fields of a document, as words beside videos have it.
ALTER TABLE features ADD COLUMN document TEXT CHECK (document IS NULL OR (vector IS NULL AND error IS NULL));

-- Lines that so many videos of a library have that they say nothing of one: handles, watermarks. Documents are kept with
-- them, and read without them; `line` is folded as words are for search.
CREATE TABLE lines_everywhere (
    library BLOB NOT NULL,
    modality TEXT NOT NULL,
    line TEXT NOT NULL,
    PRIMARY KEY (library, modality, line)
) WITHOUT ROWID;

-- By which document a video is searched: its words, with what is said and shown in it. Where nothing was read in it, the
-- same document as its caption's.
CREATE TABLE searched (
    path BLOB PRIMARY KEY,
    library BLOB NOT NULL,
    filename TEXT NOT NULL,
    source BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX searched_by_filename ON searched (library, filename);
CREATE INDEX searched_by_source ON searched (source);
INSERT INTO searched (path, library, filename, source)
SELECT path, library, filename, source FROM captions WHERE source IS NOT NULL;
