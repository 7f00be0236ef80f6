//! Statements of the tables that are written by compare-and-set.

use crate::{naming::Naming, pool::Dialect, statement::Statement};

/// Table with one row for each user or budget.
///
/// Every statement changes one row, and is a transaction of its own. So no lock is held while an instance thinks, and two
/// instances cannot wait for each other.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    /// Name without the prefix.
    pub(crate) name: &'static str,
    /// Columns with sealed values.
    pub(crate) columns: &'static [&'static str],
    /// Reads the time, and the whole row. `$1` and so on are the primary keys.
    pub(crate) read: Statement,
    /// Reads the first column alone. `$1` and so on are the primary keys.
    pub(crate) read_first: Statement,
    /// Adds a row. `$1` is the primary key, `$2` the version, `$3` the time to sweep, `$4` the deadline, and the rest are
    /// the columns.
    pub(crate) insert: Statement,
    /// Replaces a row. The parameters are those of `insert`, then the primary key and the version that were read.
    pub(crate) update: Statement,
    /// Deletes a row. `$1` is the primary key, `$2` the version, and `$3` the deadline.
    pub(crate) delete: Statement,
}

/// Longest time from a read to its write, in microseconds.
pub(crate) const MAX_PAUSE: i64 = 5_000_000;

/// Number of parameters of an insertion before the columns.
const BEFORE_COLUMNS: usize = 4;

/// Current time of PostgreSQL in milliseconds, within a transaction too.
pub(crate) const POSTGRES_NOW: &str = "(extract(epoch from clock_timestamp()) * 1000)::bigint";

/// Current time of PostgreSQL in microseconds.
pub(crate) const POSTGRES_MICROS: &str = "(extract(epoch from clock_timestamp()) * 1000000)::bigint";

/// Time at which the transaction of PostgreSQL began, in microseconds.
const POSTGRES_BEGUN: &str = "(extract(epoch from transaction_timestamp()) * 1000000)::bigint";

/// Condition that PostgreSQL may show the past: on a replica, and in a transaction that the app left open at an isolation
/// level that keeps its first snapshot. A use of a grant, its revocation or a new number may be missing there.
///
/// The transaction of a single statement begins with it, and so is never older than a second.
const POSTGRES_IS_PAST: &str = "pg_is_in_recovery() OR (transaction_timestamp() < clock_timestamp() - interval '1 second' \
                                AND current_setting('transaction_isolation') IN ('repeatable read', 'serializable'))";

/// Current time of the machine in microseconds, as SQLite reads it when a statement may begin to read or to write.
const SQLITE_MICROS: &str = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000";

impl Table {
    /// Writes the statements for a table whose rows have as many primary keys as there are secrets.
    pub(crate) fn new(
        name: &'static str,
        columns: &'static [&'static str],
        naming: &Naming,
        dialect: Dialect,
        secrets: usize,
    ) -> Self {
        let table = naming.table(name);
        let list = columns.join(", ");
        let ids = numbered(1, secrets);
        let first = columns.first().copied().unwrap_or_default();
        let shown = of_the_present(dialect, "version");
        let all = format!("id, {shown}, {list}");
        let read = match dialect {
            // There is a time even if there is no row.
            Dialect::Postgres => {
                format!(
                    "SELECT {POSTGRES_MICROS}, {all} FROM (SELECT 1) AS one LEFT JOIN {table} ON id IN ({ids})"
                )
            }
            Dialect::Sqlite => {
                format!("SELECT {SQLITE_MICROS}, {all} FROM (SELECT 1) LEFT JOIN {table} ON id IN ({ids})")
            }
        };
        let values = numbered(BEFORE_COLUMNS + 1, columns.len());
        let set: Vec<_> =
            columns.iter().zip(BEFORE_COLUMNS + 1..).map(|(name, at)| format!("{name} = ${at}")).collect();
        let set = set.join(", ");
        let (id, version) = (BEFORE_COLUMNS + 1 + columns.len(), BEFORE_COLUMNS + 2 + columns.len());
        Self {
            name,
            columns,
            read: Statement::new(read),
            read_first: Statement::new(format!(
                "SELECT id, {shown}, {first} FROM {table} WHERE id IN ({ids})"
            )),
            insert: Statement::new(format!(
                "INSERT INTO {table} (id, version, sweep_at, {list}) SELECT $1, $2, $3, {values} WHERE {} \
                 ON CONFLICT (id) DO NOTHING",
                before(dialect, BEFORE_COLUMNS)
            )),
            update: Statement::new(format!(
                "UPDATE {table} SET id = $1, version = $2, sweep_at = $3, {set} \
                 WHERE id = ${id} AND version = ${version} AND {}",
                before(dialect, BEFORE_COLUMNS)
            )),
            delete: Statement::new(format!(
                "DELETE FROM {table} WHERE id = $1 AND version = $2 AND {}",
                before(dialect, 3)
            )),
        }
    }
}

/// Returns the expression of a column that is absent if the row may be of the past.
pub(crate) fn of_the_present(dialect: Dialect, column: &str) -> String {
    match dialect {
        Dialect::Postgres => format!("CASE WHEN {POSTGRES_IS_PAST} THEN NULL ELSE {column} END"),
        Dialect::Sqlite => column.to_owned(),
    }
}

/// Returns the names of `count` parameters.
fn numbered(first: usize, count: usize) -> String {
    let names: Vec<_> = (first..first + count).map(|at| format!("${at}")).collect();
    names.join(", ")
}

/// Returns the condition that the time of the database is before the deadline in this parameter. So an instance that was
/// paused after it had read writes nothing, and neither does a statement that waited for a lock for that long.
///
/// On PostgreSQL, the transaction must also have begun after the read. Otherwise it is one that the app left open on the
/// connection, and may roll back later.
pub(crate) fn before(dialect: Dialect, at: usize) -> String {
    match dialect {
        Dialect::Postgres => {
            format!("{POSTGRES_MICROS} < ${at} AND {POSTGRES_BEGUN} >= ${at} - {MAX_PAUSE}")
        }
        Dialect::Sqlite => format!("{SQLITE_MICROS} < ${at}"),
    }
}
