//! Check of the tables and of the configuration of the database, once, when the store connects.

use std::time::Duration;

use mfakit_core::{Clock, SystemClock, Timestamp};
use sqlx::pool::PoolOptions;

use crate::{
    connection::Connection,
    error::ConnectError,
    failure::Failure,
    migrations,
    names::Names,
    naming::Naming,
    pool::{Dialect, Pool},
    schema, shape,
    statement::{Cell, Parameter, Row, Statement},
    table::POSTGRES_NOW,
};

/// Difference of this machine's clock from the server's above which a warning is logged. Grants are judged by this clock.
const MAX_CLOCK_DIFFERENCE: Duration = Duration::from_secs(2);

/// Tables of which a row that is named by an unknown secret would be forgotten.
const NAMED: [(&str, &str); 3] = [("users", "AND sweep_at > $3"), ("numbers", ""), ("recoveries", "")];

/// Checks that the tables can be used, and logs a warning for each problem of the configuration that can be seen.
pub(crate) async fn inspect(
    connection: &Connection,
    naming: &Naming,
    names: &Names,
) -> Result<(), ConnectError> {
    #[cfg(feature = "postgres")]
    crate::pooler::check(connection).await?;
    match schema::version(connection, naming).await? {
        None => return Err(ConnectError::NotMigrated),
        Some(found) if found < migrations::VERSION => return Err(ConnectError::Outdated { found }),
        Some(found) if found > migrations::VERSION => return Err(ConnectError::TooNew { found }),
        Some(_) => {}
    }
    let mut found = match connection.dialect() {
        Dialect::Postgres => postgres(connection).await?,
        Dialect::Sqlite => sqlite(connection).await?,
    };
    shape::check(connection, naming).await?;
    found.extend(shape::findings(connection, naming).await?);
    if has_other_secret(connection, naming, names).await? {
        return Err(ConnectError::OtherSecret);
    }
    for warning in found {
        let database = connection.dialect().name();
        tracing::warn!(target: "mfakit", event = "sys_sql", database, why = warning, "the database is not configured as mfakit requires");
    }
    Ok(())
}

/// Returns whether there is a row between the names of the known secrets.
async fn has_other_secret(connection: &Connection, naming: &Naming, names: &Names) -> Result<bool, Failure> {
    let mut marks: Vec<u32> = names.marks().map(u32::from_be_bytes).collect();
    marks.sort_unstable();
    // No primary key has 33 bytes, so this is after all of them.
    let (mut from, mut gaps) = (Some(Vec::new()), Vec::new());
    for mark in marks {
        gaps.extend(from.map(|from| (from, mark.to_be_bytes().to_vec())));
        from = mark.checked_add(1).map(|next| next.to_be_bytes().to_vec());
    }
    gaps.extend(from.map(|from| (from, vec![0xff; 33])));
    let now = Parameter::Int(SystemClock.now().as_millis().try_into().unwrap_or(i64::MAX));
    for (table, condition) in NAMED {
        let table = naming.table(table);
        let find =
            Statement::new(format!("SELECT id FROM {table} WHERE id >= $1 AND id < $2 {condition} LIMIT 1"));
        for (from, to) in &gaps {
            let mut range = vec![Parameter::Bytes(from), Parameter::Bytes(to)];
            range.extend((!condition.is_empty()).then_some(now));
            if !connection.read(&find, &range).await?.is_empty() {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Returns the problems of a PostgreSQL server.
async fn postgres(connection: &Connection) -> Result<Vec<&'static str>, ConnectError> {
    let settings = Statement::new(format!(
        "SELECT {POSTGRES_NOW}, CAST(CAST(pg_is_in_recovery() AS int) AS bigint), current_setting('transaction_read_only'), \
         current_setting('synchronous_commit'), current_setting('fsync'), current_setting('bytea_output')"
    ));
    let rows = connection.read(&settings, &[]).await?;
    let Some(
        [
            Cell::Int(now),
            Cell::Int(in_recovery),
            Cell::Text(read_only),
            Cell::Text(commit),
            Cell::Text(fsync),
            Cell::Text(bytes),
        ],
    ) = rows.first().map(Vec::as_slice)
    else {
        return Err(ConnectError::Database { why: "PostgreSQL does not report its settings".to_owned() });
    };
    if *in_recovery != 0 || read_only == "on" {
        return Err(ConnectError::ReadOnly);
    }
    if connection.simple && bytes != "hex" {
        let why =
            "bytea_output is not hex, which the simple protocol requires: set it for the role".to_owned();
        return Err(ConnectError::Database { why });
    }
    let now = Timestamp::from_millis((*now).try_into().unwrap_or_default());
    Ok(postgres_findings(commit, fsync, now, SystemClock.now()))
}

fn postgres_findings(commit: &str, fsync: &str, theirs: Timestamp, ours: Timestamp) -> Vec<&'static str> {
    let mut found = Vec::new();
    if commit == "off" {
        found.push(
            "synchronous_commit is off, so a crash can undo the use of a grant: set it to on for the role",
        );
    }
    if fsync == "off" {
        found.push(
            "fsync is off, so a crash can undo the use of a grant, or damage the database: set it to on",
        );
    }
    if theirs.since(ours).max(ours.since(theirs)) > MAX_CLOCK_DIFFERENCE {
        found.push(
            "its clock and this machine's clock differ by more than two seconds: synchronize both by NTP",
        );
    }
    found
}

/// Returns the problems of a SQLite database.
async fn sqlite(connection: &Connection) -> Result<Vec<&'static str>, Failure> {
    let pragma = async |name: &str| {
        let rows = connection.read(&Statement::new(format!("PRAGMA {name}")), &[]).await?;
        Ok::<_, Failure>(rows.into_iter().next().unwrap_or_default())
    };
    let (journal, timeout) = (pragma("journal_mode").await?, pragma("busy_timeout").await?);
    let (synchronous, files) = (pragma("synchronous").await?, pragma("database_list").await?);
    Ok(sqlite_findings(&journal, &timeout, &synchronous, &files, Connections::of(&connection.pool)))
}

/// Connections of a pool.
#[derive(Clone, Copy)]
struct Connections {
    most: u32,
    /// True if the pool closes connections after a time.
    are_closed: bool,
}

impl Connections {
    fn of(pool: &Pool) -> Self {
        match *pool {
            #[cfg(feature = "sqlite")]
            Pool::Sqlite(ref pool) => pool.options().into(),
            #[cfg(feature = "postgres")]
            Pool::Postgres(ref pool) => pool.options().into(),
        }
    }
}

impl<D: sqlx::Database> From<&PoolOptions<D>> for Connections {
    fn from(options: &PoolOptions<D>) -> Self {
        let ends = options.get_idle_timeout().or(options.get_max_lifetime());
        Self { most: options.get_max_connections(), are_closed: ends.is_some() }
    }
}

fn sqlite_findings(
    journal: &Row,
    timeout: &Row,
    synchronous: &Row,
    files: &Row,
    connections: Connections,
) -> Vec<&'static str> {
    let mut found = Vec::new();
    // The third value of the list is the path of the file, and empty if there is none.
    let in_memory = !matches!(files.get(2), Some(Cell::Text(path)) if !path.is_empty());
    if in_memory && connections.most > 1 {
        found.push("it is in memory, and its pool has several connections, which may have a database each: set max_connections(1)");
    }
    if in_memory && connections.are_closed {
        found.push("it is in memory, and ends when its pool closes a connection: set idle_timeout(None) and max_lifetime(None)");
    }
    if !in_memory && !matches!(journal.first(), Some(Cell::Text(mode)) if mode == "wal") {
        found.push(
            "it is not in WAL mode, so reads wait for writes: set journal_mode(SqliteJournalMode::Wal)",
        );
    }
    if !matches!(timeout.first(), Some(Cell::Int(1..))) {
        found.push("its connections have no busy timeout, so concurrent writes fail: set busy_timeout");
    }
    // 2 is FULL, and 3 is EXTRA.
    if !in_memory && !matches!(synchronous.first(), Some(Cell::Int(2 | 3))) {
        found.push("synchronous is below FULL, so a power failure can undo the use of a grant: set synchronous(SqliteSynchronous::Full)");
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_problem_of_postgres_is_reported_and_nothing_else() {
        let at = |secs: u64| Timestamp::from_millis(secs * 1000);
        assert!(postgres_findings("on", "on", at(100), at(102)).is_empty());
        assert!(postgres_findings("remote_apply", "on", at(102), at(100)).is_empty());
        for (found, expected) in [
            (postgres_findings("off", "on", at(100), at(100)), "synchronous_commit"),
            (postgres_findings("on", "off", at(100), at(100)), "fsync"),
            (postgres_findings("on", "on", at(100), at(103)), "NTP"),
            (postgres_findings("on", "on", at(103), at(100)), "NTP"),
        ] {
            assert!(found.len() == 1 && found[0].contains(expected), "{found:?}");
        }
    }

    #[test]
    fn each_problem_of_sqlite_is_reported_and_nothing_else() {
        let text = |text: &str| vec![Cell::Text(text.to_owned())];
        let path =
            |path: &str| vec![Cell::Int(0), Cell::Text("main".to_owned()), Cell::Text(path.to_owned())];
        let int = |number| vec![Cell::Int(number)];
        let (many, one) =
            (Connections { most: 10, are_closed: true }, Connections { most: 1, are_closed: false });
        let (wal, file, memory) = (text("wal"), path("/bank.db"), path(""));
        assert!(sqlite_findings(&wal, &int(5000), &int(2), &file, many).is_empty());
        assert!(sqlite_findings(&text("memory"), &int(5000), &int(1), &memory, one).is_empty());
        for (found, expected) in [
            (sqlite_findings(&text("delete"), &int(5000), &int(2), &file, many), "WAL"),
            (sqlite_findings(&wal, &int(0), &int(2), &file, many), "busy timeout"),
            (sqlite_findings(&wal, &int(5000), &int(1), &file, many), "FULL"),
            (
                sqlite_findings(
                    &text("memory"),
                    &int(5000),
                    &int(2),
                    &memory,
                    Connections { most: 2, ..one },
                ),
                "max_connections",
            ),
            (
                sqlite_findings(
                    &text("memory"),
                    &int(5000),
                    &int(2),
                    &memory,
                    Connections { most: 1, ..many },
                ),
                "max_lifetime",
            ),
        ] {
            assert!(found.len() == 1 && found[0].contains(expected), "{found:?}");
        }
    }
}
