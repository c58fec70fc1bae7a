-- Whether a job's process lives is known from the lock that it holds.
ALTER TABLE jobs DROP COLUMN pid;
