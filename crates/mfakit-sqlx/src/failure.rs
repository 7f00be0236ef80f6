//! Messages for errors of the database.
//!
//! The text of such an error can contain parameters: `Failing row contains (…)`. So a message has the code alone, and an
//! error of sqlx is never a source.

use mfakit_core::store::StoreError;
use sqlx::error::DatabaseError;

/// Failure of one call.
#[derive(Debug)]
pub(crate) enum Failure {
    /// No connection was free, or could be made, in time.
    NoConnection,
    /// The earlier writes of this process to SQLite did not end in time.
    #[cfg(feature = "sqlite")]
    NoTurn,
    /// The answer did not arrive in time. The statement may have taken effect.
    NoAnswer,
    /// Error of sqlx.
    Sqlx(sqlx::Error),
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Sqlx(error)
    }
}

impl Failure {
    /// Returns whether another write came first, so that the statement changed nothing and may be tried again.
    pub(crate) fn is_conflict(&self) -> bool {
        match self {
            Self::Sqlx(error) => error.as_database_error().is_some_and(is_conflict),
            _ => false,
        }
    }

    /// Returns whether a table does not exist.
    pub(crate) fn is_missing_table(&self) -> bool {
        let Self::Sqlx(sqlx::Error::Database(error)) = self else { return false };
        match code(error.as_ref()) {
            Code::Postgres(code) => matches!(code.as_str(), "42P01" | "3F000"),
            Code::Sqlite(code) => code == 1 && error.message().starts_with("no such table"),
            Code::None => false,
        }
    }

    /// Returns whether the database is read-only.
    pub(crate) fn is_read_only(&self) -> bool {
        let Self::Sqlx(sqlx::Error::Database(error)) = self else { return false };
        match code(error.as_ref()) {
            Code::Postgres(code) => code == "25006",
            Code::Sqlite(code) => code & 0xff == 8,
            Code::None => false,
        }
    }

    /// Describes the failure, and what to do about it. The description contains no parameter.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::NoConnection => {
                "no connection was free in time: the database cannot be reached, or the pool is too small"
                    .to_owned()
            }
            #[cfg(feature = "sqlite")]
            Self::NoTurn => "earlier writes to the database did not end in time".to_owned(),
            Self::NoAnswer => "the database did not answer in time".to_owned(),
            Self::Sqlx(error) => describe(error),
        }
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        Self::new(failure.describe())
    }
}

fn is_conflict(error: &dyn DatabaseError) -> bool {
    match code(error) {
        // 40001 is a serialization failure, and 40P01 a deadlock.
        Code::Postgres(code) => matches!(code.as_str(), "40001" | "40P01") || error.is_unique_violation(),
        // 5 is a locked database, and 6 a locked table of a shared cache.
        Code::Sqlite(code) => matches!(code & 0xff, 5 | 6) || error.is_unique_violation(),
        Code::None => false,
    }
}

fn describe(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Io(error) => format!("no connection to the database: {error}"),
        sqlx::Error::Tls(error) => format!("no connection to the database by TLS: {error}"),
        sqlx::Error::PoolTimedOut => "the pool has no free connection: raise max_connections".to_owned(),
        sqlx::Error::PoolClosed => "the pool is closed".to_owned(),
        sqlx::Error::WorkerCrashed => "the thread of the connection has ended".to_owned(),
        sqlx::Error::Database(error) => describe_rejection(error.as_ref()),
        sqlx::Error::Protocol(_) => "the database sent an answer that sqlx does not understand".to_owned(),
        _ => "sqlx could not run the statement".to_owned(),
    }
}

/// Code of an error that the database reported.
enum Code {
    /// SQLSTATE.
    Postgres(String),
    /// Extended result code.
    Sqlite(i32),
    None,
}

fn code(error: &dyn DatabaseError) -> Code {
    let Some(code) = error.code() else { return Code::None };
    match is_of_sqlite(error).then(|| code.parse()) {
        Some(Ok(code)) => Code::Sqlite(code),
        Some(Err(_)) => Code::None,
        None => Code::Postgres(code.into_owned()),
    }
}

#[cfg(feature = "sqlite")]
fn is_of_sqlite(error: &dyn DatabaseError) -> bool {
    error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some()
}

#[cfg(not(feature = "sqlite"))]
fn is_of_sqlite(_: &dyn DatabaseError) -> bool {
    false
}

fn describe_rejection(error: &dyn DatabaseError) -> String {
    match code(error) {
        Code::Postgres(code) => match postgres(&code) {
            Some(why) => format!("{why} (SQLSTATE {code})"),
            None => format!("PostgreSQL rejects the statement (SQLSTATE {code})"),
        },
        Code::Sqlite(code) => match sqlite(code, error.message()) {
            Some(why) => format!("{why} (SQLite code {code})"),
            None => format!("SQLite rejects the statement (SQLite code {code})"),
        },
        Code::None => "the database rejects the statement".to_owned(),
    }
}

/// Meaning of an error about a conflict that cannot happen.
const NO_PRIMARY_KEY: &str =
    "a table of mfakit has no primary key: create it by the files in `migrations/` of mfakit-sqlx";

/// Meaning of an error of a migration, which begins with the first table that is missing.
const EXISTS: &str = "a table of mfakit is there already, but the version of the tables is not: a file in `migrations/` was not run \
                      as one transaction, or the table is another program's";

/// Returns the meaning of a SQLSTATE.
fn postgres(code: &str) -> Option<&'static str> {
    Some(match code {
        "25006" => "the database is read-only or a replica: connect to the primary",
        "26000" | "42P05" => {
            "a connection pooler does not keep prepared statements: turn on simple_protocol of the store's builder"
        }
        "28000" | "28P01" => "PostgreSQL rejects the user name or password",
        "3D000" => "the database does not exist",
        "3F000" | "42P01" | "42703" => "a table or a column is missing: run the store's migrations",
        "42P10" => NO_PRIMARY_KEY,
        "42P07" => EXISTS,
        "42501" => "the role lacks a permission on mfakit's tables, or USAGE of their schema: grant it",
        "53100" => "the disk of the database is full",
        "53200" => "the database is out of memory",
        "53300" => "the database has too many connections",
        "55P03" | "57014" => "the database canceled the statement, because it waited too long",
        "57P01" | "57P02" | "57P03" => "the database is shutting down or starting up",
        _ => return None,
    })
}

/// Returns the meaning of a result code of SQLite.
fn sqlite(code: i32, message: &str) -> Option<&'static str> {
    Some(match code & 0xff {
        1 if message.starts_with("no such ") || message.contains(" has no column named ") => {
            "a table or a column is missing: run the store's migrations"
        }
        1 if message.starts_with("ON CONFLICT clause does not match") => NO_PRIMARY_KEY,
        1 if message.ends_with(" already exists") => EXISTS,
        5 | 6 => "the database is locked by another connection for longer than its busy timeout",
        8 => "the database is read-only: check the permissions of the file and its folder",
        10 => "the disk of the database fails",
        11 | 26 => "the file of the database is damaged, or is not a database",
        13 => "the disk of the database is full",
        14 => "the file of the database cannot be opened",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_codes_say_what_to_do() {
        for (code, expected) in [("25006", "primary"), ("42P01", "migrations"), ("53100", "full")] {
            assert!(postgres(code).unwrap().contains(expected), "{code}");
        }
        for (code, message, expected) in [
            (1, "no such table: mfakit_users", "migrations"),
            (517, "database is locked", "locked"),
            (2570, "disk I/O error", "fails"),
            (13, "database or disk is full", "full"),
        ] {
            assert!(sqlite(code, message).unwrap().contains(expected), "{code}");
        }
        assert!(postgres("22P02").is_none() && sqlite(1, "near \"x\": syntax error").is_none());
    }

    #[test]
    fn errors_of_the_pool_and_the_connection_are_told_apart() {
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        for (error, expected) in [
            (sqlx::Error::Io(refused), "no connection to the database: connection refused"),
            (sqlx::Error::PoolTimedOut, "the pool has no free connection: raise max_connections"),
            (sqlx::Error::PoolClosed, "the pool is closed"),
            (
                sqlx::Error::Protocol("row 12025550123".to_owned()),
                "the database sent an answer that sqlx does not understand",
            ),
        ] {
            let failure = Failure::from(error);
            assert!(!failure.is_conflict());
            assert_eq!(StoreError::from(failure).to_string(), format!("the store failed: {expected}"));
        }
    }
}
