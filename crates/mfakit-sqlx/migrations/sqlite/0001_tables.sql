-- Tables of mfakit, with their default prefix. For another prefix, replace mfakit_ everywhere. Run this file as one transaction: between BEGIN IMMEDIATE and COMMIT.

CREATE TABLE mfakit_schema (
    version INTEGER PRIMARY KEY
) STRICT;

CREATE TABLE mfakit_users (
    -- Keyed hash of the user's ID.
    id BLOB PRIMARY KEY NOT NULL,
    -- Random number that changes with every write.
    version INTEGER NOT NULL,
    grants BLOB,
    codes BLOB,
    actions BLOB,
    -- Time from which the row may be deleted, in milliseconds since 1970.
    sweep_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX mfakit_users_sweep_at ON mfakit_users (sweep_at);

CREATE TABLE mfakit_budgets (
    -- Keyed hash of a number, of a block of numbers, or of an address.
    id BLOB PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    record BLOB NOT NULL,
    sweep_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX mfakit_budgets_sweep_at ON mfakit_budgets (sweep_at);

CREATE TABLE mfakit_numbers (
    -- Keyed hash of the user's ID.
    id BLOB PRIMARY KEY NOT NULL,
    -- Phone number, encrypted.
    number BLOB NOT NULL,
    -- Keyed hash of the number, for a change that expects this number.
    tag BLOB NOT NULL,
    -- Time at which a code to the number was entered, in milliseconds since 1970.
    confirmed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE mfakit_recoveries (
    -- Keyed hash of the user's ID.
    id BLOB PRIMARY KEY NOT NULL,
    -- Recovery codes, encrypted.
    record BLOB NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO mfakit_schema (version) VALUES (1);
