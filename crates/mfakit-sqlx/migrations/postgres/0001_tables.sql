-- Tables of mfakit, in the first schema of the search path, with their default prefix. For another prefix, replace mfakit_
-- everywhere. Run this file as one transaction: psql --single-transaction --set ON_ERROR_STOP=1 --file
--
-- A role that runs the app needs USAGE on the schema, SELECT on mfakit_schema, and SELECT, INSERT, UPDATE and DELETE on the
-- other tables.

CREATE TABLE mfakit_schema (
    version bigint PRIMARY KEY
);

CREATE TABLE mfakit_users (
    -- Keyed hash of the user's ID.
    id bytea PRIMARY KEY,
    -- Random number that changes with every write.
    version bigint NOT NULL,
    grants bytea,
    codes bytea,
    actions bytea,
    -- Time from which the row may be deleted, in milliseconds since 1970.
    sweep_at bigint NOT NULL
) WITH (fillfactor = 80);

CREATE INDEX mfakit_users_sweep_at ON mfakit_users (sweep_at);

CREATE TABLE mfakit_budgets (
    -- Keyed hash of a number, of a block of numbers, or of an address.
    id bytea PRIMARY KEY,
    version bigint NOT NULL,
    record bytea NOT NULL,
    sweep_at bigint NOT NULL
) WITH (fillfactor = 80);

CREATE INDEX mfakit_budgets_sweep_at ON mfakit_budgets (sweep_at);

CREATE TABLE mfakit_numbers (
    -- Keyed hash of the user's ID.
    id bytea PRIMARY KEY,
    -- Phone number, encrypted.
    number bytea NOT NULL,
    -- Keyed hash of the number, for a change that expects this number.
    tag bytea NOT NULL,
    -- Time at which a code to the number was entered, in milliseconds since 1970.
    confirmed_at bigint NOT NULL
);

CREATE TABLE mfakit_recoveries (
    -- Keyed hash of the user's ID.
    id bytea PRIMARY KEY,
    -- Recovery codes, encrypted.
    record bytea NOT NULL
);

INSERT INTO mfakit_schema (version) VALUES (1);
