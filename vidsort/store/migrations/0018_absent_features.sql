-- The videos in which there is no such thing (sound, movement) are counted without a look at all vectors.
CREATE INDEX features_absent ON features (modality, source)
WHERE vector IS NULL AND error IS NULL AND document IS NULL;
