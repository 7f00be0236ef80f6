//! Reads and writes of rows, by compare-and-set.
//!
//! 1. A verb reads one row, decides, and writes it back in one statement, if the row still has the version that was read.
//!    A version is a new random number at each write, so a row that was deleted and added again has another one.
//! 2. No transaction is open between the two. So no lock is held while an instance thinks or stops, and there is nothing to
//!    deadlock on: each statement locks one row.
//! 3. A write that lost is tried again with a new read, a bounded number of times, after a short random pause.
//! 4. A write takes effect only within a few seconds after its read, by the clock of the database, or of the machine on SQLite.

use std::sync::Arc;

use mfakit_core::{
    Clock, Timestamp, UserId,
    adapter::{KeyRing, random},
    store::{Budget, StoreError},
};
use tokio::time::{Instant, timeout_at};

use crate::{
    connection::Connection,
    lanes::Lanes,
    moment::time_to_sweep,
    names::{Id, Ids, Names},
    naming::Naming,
    pool::Dialect,
    retry::{TRIES, pause},
    seal::{Place, Seals},
    statement::Parameter,
    stored::{Change, Found, Replacement, Stored, Written, read_rows},
    sweeper::Sweeper,
    table::{MAX_PAUSE, Table},
};

/// Columns of a user. A guarded request reads the first alone.
pub(crate) const USER_COLUMNS: &[&str] = &["grants", "codes", "actions"];

/// Columns of a budget.
pub(crate) const BUDGET_COLUMNS: &[&str] = &["record"];

/// Everything that the verbs need.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) connection: Connection,
    pub(crate) naming: Naming,
    pub(crate) ring: KeyRing,
    pub(crate) names: Names,
    pub(crate) seals: Seals,
    users: Table,
    budgets: Table,
    lanes: Lanes,
    pub(crate) sweeper: Arc<Sweeper>,
    /// Clock of a test, in place of the database's.
    pub(crate) clock: Option<Box<dyn Clock>>,
}

impl Database {
    pub(crate) fn new(
        connection: Connection,
        naming: Naming,
        ring: KeyRing,
        names: Names,
        seals: Seals,
        clock: Option<Box<dyn Clock>>,
    ) -> Self {
        let table =
            |name, columns| Table::new(name, columns, &naming, connection.dialect(), names.marks().count());
        let (users, budgets) = (table("users", USER_COLUMNS), table("budgets", BUDGET_COLUMNS));
        let sweeper = Sweeper::new(connection.clone(), &naming, clock.is_some());
        Self { connection, naming, ring, names, seals, users, budgets, lanes: Lanes::new(), sweeper, clock }
    }

    /// Reads the payload of a user's grants alone, without the time. It is one lookup by the primary key.
    pub(crate) async fn read_grants(&self, user: &UserId) -> Result<Option<Vec<u8>>, StoreError> {
        let (table, ids) = (&self.users, self.names.user(user));
        let parameters: Vec<_> = ids.all().map(|id| Parameter::Bytes(id)).collect();
        let mut rows = Vec::new();
        for row in self.connection.read(&table.read_first, &parameters).await? {
            rows.extend(Found::read(table, &ids, &mut row.into_iter())?);
        }
        let Some(found) = rows.into_iter().min_by_key(|found| found.id) else { return Ok(None) };
        let Some(Some(sealed)) = found.sealed.first() else { return Ok(None) };
        let column = table.columns.first().copied().unwrap_or_default();
        let place = Place { table: table.name, column };
        self.seals.open(place, &found.id, sealed).map(|grants| Some(grants.to_vec()))
    }

    /// Returns whether the store goes by the clock of the database.
    pub(crate) fn has_clock(&self) -> bool {
        self.clock.is_none() && self.connection.dialect() == Dialect::Postgres
    }

    /// Returns the start of a lifetime: the time of the read if the store goes by the clock of the database, or else the
    /// time of the app.
    pub(crate) fn start(&self, of_app: Timestamp, stored: &Stored<'_>) -> Timestamp {
        if self.has_clock() { stored.now } else { of_app }
    }

    /// Reads everything about a user. `now` is the time on SQLite.
    pub(crate) async fn read_user(&self, user: &UserId, now: Timestamp) -> Result<Stored<'_>, StoreError> {
        self.read(&self.users, self.names.user(user), now).await
    }

    /// Reads a budget. `now` is the time on SQLite.
    pub(crate) async fn read_budget(
        &self,
        budget: &Budget,
        now: Timestamp,
    ) -> Result<Stored<'_>, StoreError> {
        self.read(&self.budgets, self.names.budget(budget), now).await
    }

    /// Reads everything about a user, and writes what the verb returns, in one atomic step. The verb may run several times.
    /// If it returns `None`, nothing is written.
    pub(crate) async fn change_user<T>(
        &self,
        user: &UserId,
        now: Timestamp,
        verb: impl FnMut(&Stored<'_>) -> Result<(T, Option<Replacement>), StoreError>,
    ) -> Result<T, StoreError> {
        self.change(&self.users, &self.names.user(user), now, verb).await
    }

    /// Reads a budget, and writes what the verb returns, as [`change_user`](Self::change_user) does.
    pub(crate) async fn change_budget<T>(
        &self,
        budget: &Budget,
        now: Timestamp,
        verb: impl FnMut(&Stored<'_>) -> Result<(T, Option<Replacement>), StoreError>,
    ) -> Result<T, StoreError> {
        self.change(&self.budgets, &self.names.budget(budget), now, verb).await
    }

    async fn change<T>(
        &self,
        table: &Table,
        ids: &Ids,
        now: Timestamp,
        mut verb: impl FnMut(&Stored<'_>) -> Result<(T, Option<Replacement>), StoreError>,
    ) -> Result<T, StoreError> {
        let start = Instant::now();
        let deadline = start + self.connection.timeout * 3;
        let late = |_| StoreError::new("earlier writes of the same row did not end in time");
        let _lane = timeout_at(deadline, self.lanes.enter(&ids.current)).await.map_err(late)?;
        for tried in 0..TRIES {
            // The caller's time was that of the start.
            let stored = self.read(table, ids.clone(), now + start.elapsed()).await?;
            let (outcome, replacement) = verb(&stored)?;
            let Some(replacement) = replacement else { return Ok(outcome) };
            if self.write(&stored, &replacement).await? == Written::Done {
                // A verb without a time does not know what has expired on SQLite.
                if now > Timestamp::default() || self.has_clock() {
                    self.sweeper.start_if_due(stored.now);
                }
                return Ok(outcome);
            }
            if Instant::now() > deadline {
                break;
            }
            pause(tried).await;
        }
        Err(StoreError::new("other writes of the same row came first, too often"))
    }

    async fn read<'a>(
        &'a self,
        table: &'a Table,
        ids: Ids,
        now: Timestamp,
    ) -> Result<Stored<'a>, StoreError> {
        let parameters: Vec<_> = ids.all().map(|id| Parameter::Bytes(id)).collect();
        let rows = self.connection.read(&table.read, &parameters).await?;
        let (read_at, found) = read_rows(table, &ids, rows)?;
        let now = match (&self.clock, self.connection.dialect()) {
            (Some(clock), _) => clock.now(),
            (None, Dialect::Postgres) => {
                Timestamp::from_millis((read_at / 1000).try_into().unwrap_or_default())
            }
            (None, Dialect::Sqlite) => now,
        };
        let mut found = found.into_iter();
        let (found, others) = (found.next(), found.collect());
        Ok(Stored { now, read_at, ids, found, others, table, seals: &self.seals })
    }

    /// Writes a row in one statement, if it still is as it was read.
    pub(crate) async fn write(
        &self,
        stored: &Stored<'_>,
        replacement: &Replacement,
    ) -> Result<Written, StoreError> {
        let table = stored.table;
        let deadline = Parameter::Int(stored.read_at.saturating_add(MAX_PAUSE));
        for other in &stored.others {
            let row = [Parameter::Bytes(&other.id), Parameter::Int(other.version), deadline];
            self.connection.write(&table.delete, &row).await?;
        }
        let (id, values) = seal(stored, replacement);
        let changed = match (&stored.found, values.iter().any(Option::is_some)) {
            (None, false) => return Ok(Written::Done),
            (Some(found), false) => {
                let row = [Parameter::Bytes(&found.id), Parameter::Int(found.version), deadline];
                self.connection.write(&table.delete, &row).await?
            }
            (found, true) => {
                let sweep_at = time_to_sweep(replacement.sweep_at);
                let row = [
                    Parameter::Bytes(&id),
                    Parameter::Int(new_version()),
                    Parameter::Int(sweep_at),
                    deadline,
                ];
                let values = values.iter().map(|value| Parameter::optional(value.as_deref()));
                let row = row.into_iter().chain(values);
                match found {
                    None => self.connection.write(&table.insert, &row.collect::<Vec<_>>()).await?,
                    Some(found) => {
                        let was = [Parameter::Bytes(&found.id), Parameter::Int(found.version)];
                        self.connection.write(&table.update, &row.chain(was).collect::<Vec<_>>()).await?
                    }
                }
            }
        };
        Ok(if changed == 0 { Written::Lost } else { Written::Done })
    }
}

/// Returns the primary key to write, and the sealed values.
///
/// A row under a previous secret gets the primary key and the tags of the current one. If a value that is kept cannot be
/// read, the row keeps its primary key instead, so that the value is still reported.
fn seal(stored: &Stored<'_>, replacement: &Replacement) -> (Id, Vec<Option<Vec<u8>>>) {
    let columns = || 0..stored.table.columns.len();
    let sealed = |id: &Id, column: usize| match replacement.columns.get(column) {
        Some(Change::Set(payload)) => Some(Some(stored.seals.seal(stored.place(column), id, payload))),
        Some(Change::Clear) => Some(None),
        Some(Change::Keep) | None => {
            let payload = stored.payload(column).ok()?;
            Some(payload.map(|payload| stored.seals.seal(stored.place(column), id, payload)))
        }
    };
    let id = stored.ids.current;
    if let Some(values) = columns().map(|column| sealed(&id, column)).collect() {
        return (id, values);
    }
    let id = stored.found.as_ref().map_or(id, |found| found.id);
    let kept = |column| stored.found.as_ref().and_then(|found| found.sealed.get(column).cloned().flatten());
    (id, columns().map(|column| sealed(&id, column).unwrap_or_else(|| kept(column))).collect())
}

/// Returns a version that no row has had.
fn new_version() -> i64 {
    i64::from_le_bytes(random()) & i64::MAX
}

#[cfg(test)]
mod tests;
