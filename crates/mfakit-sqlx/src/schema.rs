//! Version of the tables in a database.

use crate::{
    connection::Connection,
    failure::Failure,
    migrations,
    naming::Naming,
    pool::{Dialect, Pool},
    statement::{Cell, Row, Statement},
    transaction::Transaction,
};

/// Number that all instances lock while they migrate. Any number will do that no other program uses.
const LOCK: i64 = 0x6d66_616b_6974_5f73;

/// Number of times that a migration of SQLite waits for the busy timeout of the pool.
const TRIES: u32 = 40;

/// Returns the version of the tables, or `None` if there are none.
///
/// # Errors
///
/// Returns an error if the database cannot be read.
pub(crate) async fn version(connection: &Connection, naming: &Naming) -> Result<Option<i64>, Failure> {
    match connection.read(&read_version(naming), &[]).await {
        Ok(rows) => Ok(number(&rows)),
        Err(failure) if failure.is_missing_table() => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// Brings the tables to the version of this release. Does nothing if they have it, or a later one.
///
/// Everything happens in one transaction, which has a lock from its beginning. So of several instances that migrate at the
/// same time, one does, and the others wait for it.
///
/// # Errors
///
/// Returns an error if the database does not answer, or rejects a statement. Nothing was changed then.
pub(crate) async fn migrate(pool: &Pool, naming: &Naming) -> Result<(), Failure> {
    let mut tried = 0;
    loop {
        match migrate_once(pool, naming).await {
            // A pool without a busy timeout does not wait for the other instance.
            Err(failure) if failure.is_conflict() && tried < TRIES => {
                tried += 1;
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
            done => return done,
        }
    }
}

async fn migrate_once(pool: &Pool, naming: &Naming) -> Result<(), Failure> {
    let dialect = pool.dialect();
    let mut transaction = Transaction::begin(pool).await?;
    if dialect == Dialect::Postgres {
        // At a higher level, the snapshot would be of the time before the wait, without the tables of the other instance.
        transaction.run("SET TRANSACTION ISOLATION LEVEL READ COMMITTED".to_owned()).await?;
        let lock = format!("SET LOCAL lock_timeout = '60s'; SELECT pg_advisory_xact_lock({LOCK})");
        transaction.run(lock).await?;
        if let Some(schema) = &naming.schema {
            enter(&mut transaction, schema).await?;
        }
    }
    let version = match number(&transaction.rows(&exists(naming, dialect)).await?) {
        Some(1..) => number(&transaction.rows(&read_version(naming)).await?).unwrap_or_default(),
        _ => 0,
    };
    for migration in migrations::after(version, dialect, naming) {
        transaction.run(migration).await?;
    }
    transaction.commit().await
}

/// Makes the names of a migration those of a schema. Creates the schema if it does not exist, which needs a permission that
/// is not needed otherwise.
async fn enter(transaction: &mut Transaction, schema: &str) -> Result<(), Failure> {
    let find = Statement::new(format!("SELECT count(*) FROM pg_namespace WHERE nspname = '{schema}'"));
    if number(&transaction.rows(&find).await?) == Some(0) {
        transaction.run(format!("CREATE SCHEMA \"{schema}\"")).await?;
    }
    transaction.run(format!("SET LOCAL search_path TO \"{schema}\"")).await
}

fn read_version(naming: &Naming) -> Statement {
    Statement::new(format!(
        "SELECT CAST(coalesce(max(version), 0) AS bigint) FROM {}",
        naming.table("schema")
    ))
}

fn exists(naming: &Naming, dialect: Dialect) -> Statement {
    let table = naming.table("schema");
    Statement::new(match dialect {
        Dialect::Postgres => format!("SELECT count(*) FROM pg_class WHERE oid = to_regclass('{table}')"),
        Dialect::Sqlite => {
            format!(
                "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '{table}' COLLATE NOCASE"
            )
        }
    })
}

fn number(rows: &[Row]) -> Option<i64> {
    match rows.first()?.first()? {
        Cell::Int(number) => Some(*number),
        Cell::Bytes(_) | Cell::Text(_) | Cell::Null | Cell::Other => None,
    }
}
