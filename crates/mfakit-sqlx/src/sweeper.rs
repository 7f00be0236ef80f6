//! Deletion of rows that no longer count.
//!
//! 1. Rows are deleted in small batches, each of which is a statement and a transaction of its own. After each, there is a
//!    pause of several times its length, so that most of the time the database serves requests.
//! 2. A batch skips rows that another instance writes or sweeps at the moment.
//! 3. A write starts a sweep if one is due, in a task of its own, and does not wait for it. A store has one at a time.
//! 4. Nothing rests on it: whether a record counts is decided by the times in it.

use std::{sync::Arc, time::Duration};

use mfakit_core::{Timestamp, store::StoreError};
use tokio::{runtime::Handle, sync::Mutex, time::Instant};

use crate::{
    connection::Connection,
    moment::moment,
    naming::Naming,
    pool::Dialect,
    statement::{Parameter, Statement},
    table::POSTGRES_NOW,
};

/// Tables with a time from which a row may be deleted.
const SWEPT: [&str; 2] = ["users", "budgets"];

/// Smallest and largest number of rows in a batch.
const BATCH: [i64; 2] = [10, 500];

/// Length of a pause, as a multiple of that of the batch before it.
const PAUSE: u32 = 4;

/// Shortest pause.
const MIN_PAUSE: Duration = Duration::from_millis(5);

/// Time from the end of a sweep to the next.
const INTERVAL: Duration = Duration::from_secs(60);

/// Sweeper of one store.
#[derive(Debug)]
pub(crate) struct Sweeper {
    connection: Connection,
    batches: [Statement; 2],
    /// True if the time comes from the caller even on PostgreSQL, because a test has a clock of its own.
    has_clock: bool,
    /// Time of the next sweep that a write starts, which is locked while one runs. `None` is at once.
    next: Arc<Mutex<Option<Instant>>>,
}

impl Sweeper {
    pub(crate) fn new(connection: Connection, naming: &Naming, has_clock: bool) -> Arc<Self> {
        let batches = SWEPT.map(|table| batch(&naming.table(table), connection.dialect()));
        Arc::new(Self { connection, batches, has_clock, next: Arc::default() })
    }

    /// Starts a sweep if one is due and none is running. Does not wait.
    pub(crate) fn start_if_due(self: &Arc<Self>, now: Timestamp) {
        let Ok(mut next) = Arc::clone(&self.next).try_lock_owned() else { return };
        if next.is_some_and(|next| Instant::now() < next) {
            return;
        }
        let Ok(runtime) = Handle::try_current() else { return };
        let sweeper = Arc::clone(self);
        runtime.spawn(async move {
            if let Err(error) = sweeper.sweep_now(now).await {
                tracing::warn!(target: "mfakit", event = "sys_sql", %error, "expired rows could not be deleted");
            }
            *next = Some(Instant::now() + INTERVAL);
        });
    }

    /// Returns whether a sweep is running.
    #[cfg(test)]
    pub(crate) fn is_running(&self) -> bool {
        self.next.try_lock().is_err()
    }

    /// Deletes all rows that may be deleted, and returns their number. Waits for a sweep that is running. `now` is the time on
    /// SQLite.
    pub(crate) async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        let _running = self.next.lock().await;
        self.sweep_now(now).await
    }

    async fn sweep_now(&self, now: Timestamp) -> Result<u64, StoreError> {
        let now = self.time(now).await?;
        let [smallest, largest] = BATCH;
        let most = batch_time(self.connection.dialect());
        let (mut deleted, mut size) = (0, smallest);
        for batch in &self.batches {
            loop {
                let start = Instant::now();
                let parameters = [Parameter::Int(now), Parameter::Int(size)];
                let rows = self.connection.write_out_of_turn(batch, &parameters).await?;
                deleted += rows;
                if rows < size.unsigned_abs() {
                    break;
                }
                let took = start.elapsed();
                size = next_size(size, took > most).clamp(smallest, largest);
                tokio::time::sleep((took * PAUSE).max(MIN_PAUSE)).await;
            }
        }
        Ok(deleted)
    }

    async fn time(&self, now: Timestamp) -> Result<i64, StoreError> {
        if self.has_clock || self.connection.dialect() == Dialect::Sqlite {
            return Ok(moment(now));
        }
        self.connection.time(&Statement::new(format!("SELECT {POSTGRES_NOW}"))).await
    }
}

/// Returns the size of the next batch. It shrinks by less than it grows, so that it follows most batches, and not the few that
/// wait for the disk: each batch has one such wait, however small it is.
const fn next_size(size: i64, was_slow: bool) -> i64 {
    if was_slow { size - size / 4 } else { size * 2 }
}

/// Returns the time that a batch should take at most: little on SQLite, where other writes wait for it, and longer on PostgreSQL, where
/// only the disk is shared, and each batch is one more wait for it.
const fn batch_time(dialect: Dialect) -> Duration {
    match dialect {
        Dialect::Postgres => Duration::from_millis(50),
        Dialect::Sqlite => Duration::from_millis(2),
    }
}

/// Returns the statement that deletes a batch. `$1` is the time, and `$2` the largest number of rows.
fn batch(table: &str, dialect: Dialect) -> Statement {
    let due = format!("SELECT id FROM {table} WHERE sweep_at < $1 ORDER BY sweep_at LIMIT $2");
    Statement::new(match dialect {
        // The list is made once, because PostgreSQL may run a subquery in a condition for each row.
        Dialect::Postgres => format!(
            "WITH due AS MATERIALIZED ({due} FOR UPDATE SKIP LOCKED) DELETE FROM {table} AS swept USING due \
             WHERE swept.id = due.id"
        ),
        Dialect::Sqlite => format!("DELETE FROM {table} WHERE id IN ({due})"),
    })
}
