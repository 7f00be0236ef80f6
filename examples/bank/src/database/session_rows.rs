//! Rows of sessions.

use std::fmt;

use mfakit::{Clock as _, SystemClock};
use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, Error, query, query_as, raw_sql};
use tokio::time::timeout;

use super::{
    hex,
    pool::{Pool, TIMEOUT},
};

/// Table of the sessions of all instances.
const TABLE: &str = "
    CREATE TABLE IF NOT EXISTS bank_sessions (
        id TEXT PRIMARY KEY,
        data TEXT NOT NULL,
        expires_at BIGINT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS bank_sessions_expires_at ON bank_sessions (expires_at);
";

/// Lock of PostgreSQL, because two instances may not create a table at the same time. It is held until both statements of
/// the text have run.
const LOCK: &str = "SELECT pg_advisory_xact_lock(20811);";

/// Rows of sessions, for the session store of either framework. Times are in seconds since 1970.
///
/// The table contains a hash of a session's id, so that it gives no access to a session.
#[derive(Clone)]
pub struct SessionRows(Pool);

/// Runs a statement on either database, and returns the number of rows that it changed.
macro_rules! run {
    ($rows:expr, $sql:expr, $($parameter:expr),+) => {
        match &$rows.0 {
            Pool::Postgres(pool) => in_time(query($sql)$(.bind($parameter))+.execute(pool)).await?.rows_affected(),
            Pool::Sqlite(pool) => in_time(query($sql)$(.bind($parameter))+.execute(pool)).await?.rows_affected(),
        }
    };
}

impl SessionRows {
    pub(super) const fn new(pool: Pool) -> Self {
        Self(pool)
    }

    pub(super) async fn create_table(pool: &Pool) -> Result<(), Error> {
        match pool {
            Pool::Postgres(pool) => {
                in_time(raw_sql(AssertSqlSafe(format!("{LOCK}{TABLE}"))).execute(pool)).await.map(drop)
            }
            Pool::Sqlite(pool) => in_time(raw_sql(TABLE).execute(pool)).await.map(drop),
        }
    }

    /// Adds a session. Returns `false` if there is one with this id.
    ///
    /// # Errors
    ///
    /// Every call returns an error if the database cannot be used.
    pub async fn insert(&self, id: &str, data: &str, expires_at: i64) -> Result<bool, Error> {
        const INSERT: &str = "INSERT INTO bank_sessions (id, data, expires_at) VALUES ($1, $2, $3) \
                              ON CONFLICT (id) DO NOTHING";
        let is_new = run!(self, INSERT, hash(id), data, expires_at) == 1;
        if let Err(error) = self.sweep().await {
            tracing::warn!(%error, "expired sessions cannot be deleted");
        }
        Ok(is_new)
    }

    /// Deletes expired sessions: a few for each one that is added, so that no sign-in waits for long.
    async fn sweep(&self) -> Result<(), Error> {
        const SWEEP: &str = "DELETE FROM bank_sessions WHERE id IN \
                             (SELECT id FROM bank_sessions WHERE expires_at <= $1 LIMIT 100)";
        run!(self, SWEEP, now());
        Ok(())
    }

    /// Returns the data of a session, and when it expires, unless it has.
    ///
    /// # Errors
    ///
    /// As of [`insert`](Self::insert).
    pub async fn load(&self, id: &str) -> Result<Option<(String, i64)>, Error> {
        const SELECT: &str = "SELECT data, expires_at FROM bank_sessions WHERE id = $1 AND expires_at > $2";
        match &self.0 {
            Pool::Postgres(pool) => {
                in_time(query_as(SELECT).bind(hash(id)).bind(now()).fetch_optional(pool)).await
            }
            Pool::Sqlite(pool) => {
                in_time(query_as(SELECT).bind(hash(id)).bind(now()).fetch_optional(pool)).await
            }
        }
    }

    /// Changes a session. One that has ended in the meantime stays ended.
    ///
    /// # Errors
    ///
    /// As of [`insert`](Self::insert).
    pub async fn update(&self, id: &str, data: &str, expires_at: i64) -> Result<(), Error> {
        const UPDATE: &str = "UPDATE bank_sessions SET data = $2, expires_at = $3 WHERE id = $1";
        run!(self, UPDATE, hash(id), data, expires_at);
        Ok(())
    }

    /// Changes when a session expires. One that has ended in the meantime stays ended.
    ///
    /// # Errors
    ///
    /// As of [`insert`](Self::insert).
    pub async fn extend(&self, id: &str, expires_at: i64) -> Result<(), Error> {
        run!(self, "UPDATE bank_sessions SET expires_at = $2 WHERE id = $1", hash(id), expires_at);
        Ok(())
    }

    /// Ends a session.
    ///
    /// # Errors
    ///
    /// As of [`insert`](Self::insert).
    pub async fn delete(&self, id: &str) -> Result<(), Error> {
        run!(self, "DELETE FROM bank_sessions WHERE id = $1", hash(id));
        Ok(())
    }
}

impl fmt::Debug for SessionRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionRows")
    }
}

/// Waits for a call of the database, but not for a database that does not answer.
async fn in_time<T>(call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    timeout(TIMEOUT, call).await.unwrap_or_else(|late| Err(Error::Io(late.into())))
}

fn hash(id: &str) -> String {
    hex(&Sha256::digest(id))
}

/// Returns the time in seconds since 1970.
pub fn now() -> i64 {
    i64::try_from(SystemClock.now().as_millis() / 1000).unwrap_or(i64::MAX)
}
