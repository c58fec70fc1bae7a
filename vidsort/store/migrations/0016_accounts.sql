-- The account by which a move stands as it does, and the one that is about to change that; NULL where nobody signed in
-- by name.
ALTER TABLE moves ADD COLUMN account TEXT;
ALTER TABLE moves ADD COLUMN pending_account TEXT;
CREATE INDEX moves_by_account ON moves (library, account, state, turn) WHERE account IS NOT NULL;
-- By which sessions of accounts are signed, beside what is kept of their passwords.
CREATE TABLE session_key (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    key BLOB NOT NULL
);
-- What the page of one account prefers, over what is preferred by all; without a library where it holds in any.
CREATE TABLE account_preferences (
    account TEXT NOT NULL,
    library TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (account, library, name)
) WITHOUT ROWID;
