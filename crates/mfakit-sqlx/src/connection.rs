//! Calls of the database, each of which is bounded in time.

#[cfg(feature = "sqlite")]
use std::sync::Arc;
use std::time::Duration;

use mfakit_core::store::StoreError;
#[cfg(feature = "sqlite")]
use tokio::sync::Mutex;
use tokio::time::Instant;
#[cfg(feature = "sqlite")]
use tokio::time::timeout_at;

use crate::{
    failure::Failure,
    pool::{Dialect, Pool},
    retry::retried,
    statement::{Cell, Parameter, Row, Statement},
};

/// The app's pool, and how it is used.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) pool: Pool,
    /// True if parameters are written into the text of a statement, on PostgreSQL.
    pub(crate) simple: bool,
    /// Limit of each call, from the wait for a free connection to the answer.
    pub(crate) timeout: Duration,
    /// Turn of the writes of this process on SQLite, which has one writer at a time. Without it, each of them would borrow a
    /// connection and sleep until a try finds SQLite's lock free. Nothing rests on it.
    #[cfg(feature = "sqlite")]
    turn: Arc<Mutex<()>>,
}

impl Connection {
    pub(crate) fn new(pool: Pool, simple: bool, timeout: Duration) -> Self {
        Self {
            pool,
            simple,
            timeout,
            #[cfg(feature = "sqlite")]
            turn: Arc::default(),
        }
    }

    /// Returns the dialect of the database.
    pub(crate) const fn dialect(&self) -> Dialect {
        self.pool.dialect()
    }

    /// Runs a statement that writes, and returns the number of rows that it changed. That is 0 if another write came first.
    ///
    /// # Errors
    ///
    /// Returns an error if it is unknown whether the statement took effect, or if the database rejects it.
    pub(crate) async fn write(
        &self,
        statement: &Statement,
        parameters: &[Parameter<'_>],
    ) -> Result<u64, StoreError> {
        match self.try_write(statement, parameters).await {
            Err(failure) if failure.is_conflict() => Ok(0),
            done => Ok(done?),
        }
    }

    /// Runs a statement that writes, and returns the number of rows that it changed.
    ///
    /// # Errors
    ///
    /// Returns an error if another write came first, and if [`write`](Self::write) does.
    pub(crate) async fn try_write(
        &self,
        statement: &Statement,
        parameters: &[Parameter<'_>],
    ) -> Result<u64, Failure> {
        let deadline = Instant::now() + self.timeout;
        #[cfg(feature = "sqlite")]
        let _turn = match self.dialect() {
            Dialect::Postgres => None,
            Dialect::Sqlite => {
                Some(timeout_at(deadline, self.turn.lock()).await.map_err(|_| Failure::NoTurn)?)
            }
        };
        self.execute(deadline, statement, parameters).await
    }

    /// Runs a statement of the sweeper, which waits for no turn: SQLite copies its log to the file at the end of some
    /// statements, and lets others write meanwhile. If another write comes first, it is tried again.
    pub(crate) async fn write_out_of_turn(
        &self,
        statement: &Statement,
        parameters: &[Parameter<'_>],
    ) -> Result<u64, Failure> {
        let deadline = Instant::now() + self.timeout;
        retried(deadline, || self.execute(deadline, statement, parameters)).await
    }

    async fn execute(
        &self,
        deadline: Instant,
        statement: &Statement,
        parameters: &[Parameter<'_>],
    ) -> Result<u64, Failure> {
        match self.pool {
            #[cfg(feature = "postgres")]
            Pool::Postgres(ref pool) => {
                crate::postgres::execute(pool, deadline, self.simple, statement, parameters).await
            }
            #[cfg(feature = "sqlite")]
            Pool::Sqlite(ref pool) => crate::sqlite::execute(pool, deadline, statement, parameters).await,
        }
    }

    /// Runs a statement that reads, and returns its rows. If other statements keep the database from answering at the moment,
    /// it is tried again: at the level `serializable` of PostgreSQL, and while another connection writes a SQLite file that
    /// is not in WAL mode.
    ///
    /// # Errors
    ///
    /// Returns an error if the database does not answer, or rejects the statement.
    pub(crate) async fn read(
        &self,
        statement: &Statement,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<Row>, Failure> {
        let deadline = Instant::now() + self.timeout;
        retried(deadline, || self.rows(deadline, statement, parameters)).await
    }

    /// Returns the time that a statement reads from the server.
    ///
    /// # Errors
    ///
    /// Returns an error if [`read`](Self::read) does, or if the answer is not a number.
    pub(crate) async fn time(&self, statement: &Statement) -> Result<i64, StoreError> {
        match self.read(statement, &[]).await?.first().and_then(|row| row.first()) {
            Some(Cell::Int(now)) => Ok(*now),
            _ => Err(StoreError::new("the database sent no time")),
        }
    }

    async fn rows(
        &self,
        deadline: Instant,
        statement: &Statement,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<Row>, Failure> {
        match self.pool {
            #[cfg(feature = "postgres")]
            Pool::Postgres(ref pool) => {
                crate::postgres::rows(pool, deadline, self.simple, statement, parameters).await
            }
            #[cfg(feature = "sqlite")]
            Pool::Sqlite(ref pool) => crate::sqlite::rows(pool, deadline, statement, parameters).await,
        }
    }
}
