-- One row for each source and modality: a vector (little-endian float16), the reason there is none, or neither, where
-- the video has no such thing.
-- source: the hash of what that kind of evidence reads: the bytes of a video, or a text that goes with it.
-- modality: the id of a kind of evidence with its config. What was one feature set is the one kind that there was; the
-- default one gets the name that the same config gives now, others keep theirs, and the models that name them read them.
ALTER TABLE features RENAME TO features_before;
CREATE TABLE features (
    id INTEGER PRIMARY KEY,
    source BLOB NOT NULL,
    modality TEXT NOT NULL,
    vector BLOB,
    signature BLOB,
    error TEXT,
    retry INTEGER NOT NULL DEFAULT 0,
    CHECK (vector IS NULL OR error IS NULL),
    UNIQUE (source, modality)
);
INSERT INTO features (id, source, modality, vector, signature, error, retry)
SELECT id, content_hash, CASE feature_set WHEN '55767116c102' THEN '3b97b5b13871' ELSE feature_set END,
       vector, signature, error, retry
FROM features_before;
DROP TABLE features_before;
