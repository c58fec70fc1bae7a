-- The few videos that gave nothing are told with the library, without a look at all the others.
CREATE INDEX features_failed ON features (modality, source) WHERE error IS NOT NULL;
