//! Errors of connecting and migrating.

use crate::{failure::Failure, migrations};

/// Error of connecting a [`SqlStore`](crate::SqlStore), or of making its tables.
///
/// The message says how to fix the problem. A `main` that returns the error prints `Debug`, which is the name alone. Neither of them
/// contains a password or a value of a row.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The prefix is not valid.
    #[error(
        "{prefix:?} is not a valid prefix: use 1 to 40 small letters, digits and '_', not beginning with a digit"
    )]
    Prefix {
        /// Prefix that was set.
        prefix: String,
    },
    /// The schema is not valid, or the database has none.
    #[error(
        "{schema:?} is not a valid schema: use 1 to 40 small letters, digits and '_', not beginning with a digit, and only \
         on PostgreSQL"
    )]
    Schema {
        /// Schema that was set.
        schema: String,
    },
    /// The timeout is not between 10 milliseconds and 3 seconds.
    #[error(
        "the timeout must be 10 milliseconds to 3 seconds, because the engine gives up after ten seconds"
    )]
    Timeout,
    /// The database has no tables of mfakit.
    #[error(
        "the tables of mfakit are missing: call `migrate` of the store's builder, or run the files in `migrations/` of \
         mfakit-sqlx; if they are there, set their prefix and schema"
    )]
    NotMigrated,
    /// The tables are those of an earlier release.
    #[error(
        "the tables have version {found}, and this release of mfakit needs version {}: call `migrate` of the store's \
         builder, or run the later files in `migrations/` of mfakit-sqlx",
        migrations::VERSION
    )]
    Outdated {
        /// Version of the tables.
        found: i64,
    },
    /// The tables are those of a later release.
    #[error(
        "the tables have version {found}, and this release of mfakit knows versions up to {}: update mfakit",
        migrations::VERSION
    )]
    TooNew {
        /// Version of the tables.
        found: i64,
    },
    /// The tables have rows of another secret, prefix or schema.
    #[error(
        "the tables have rows that were written with another secret, prefix or schema: set the prefix and the schema as they were, \
         and add the secret to `previous_secrets`. Or delete the rows, which forgets locks, counts and numbers on file. Two apps in \
         one database need a prefix each"
    )]
    OtherSecret,
    /// The database is read-only, or a replica.
    #[error("the database is read-only or a replica, where a grant cannot be used: connect to the primary")]
    ReadOnly,
    /// The database does not answer, or rejects a statement.
    #[error("the database cannot be used: {why}")]
    Database {
        /// Reason, and what to do about it.
        why: String,
    },
}

impl From<Failure> for ConnectError {
    fn from(failure: Failure) -> Self {
        if failure.is_read_only() { Self::ReadOnly } else { Self::Database { why: failure.describe() } }
    }
}
