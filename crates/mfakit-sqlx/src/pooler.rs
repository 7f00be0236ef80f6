//! Check for a connection pooler that mixes the prepared statements of its clients.
//!
//! Such a pooler lends each transaction another connection, and prepared statements of two clients have the same names. So a
//! client may run the statement of another one, and take its answer for that of its own.
//!
//! 1. Two connections to a server have a process each, always the same. Two of them that share one, or one that changes it,
//!    lead to a pooler that lends connections for a transaction.
//! 2. A pooler that keeps prepared statements gives them names of its own. Only without it a statement keeps the name that
//!    sqlx gave it.
//! 3. The check itself binds no prepared statement, because sqlx panics if the answer has fewer columns than the statement.

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, PgPool, SqlSafeStr as _};
use tokio::time::{Instant, timeout_at};

use crate::{
    connection::Connection,
    error::ConnectError,
    pool::Pool,
    postgres::{Borrowed, rows_on},
    statement::{Cell, Statement},
};

/// Number of times that each connection is asked, because other clients use the pooler too.
const ROUNDS: usize = 4;

/// Rejects a pooler that mixes statements, unless the simple protocol is on.
pub(crate) async fn check(connection: &Connection) -> Result<(), ConnectError> {
    let pool = match &connection.pool {
        Pool::Postgres(pool) if !connection.simple => pool,
        _ => return Ok(()),
    };
    let deadline = Instant::now() + connection.timeout;
    let mut one = Borrowed::from(pool, deadline).await?;
    let answer = timeout_at(deadline, mixes(&mut one.connection, pool)).await;
    let mixes = one.answered(answer)?;
    if mixes {
        let why = "a connection pooler shares connections between transactions and does not keep prepared statements: turn on \
                   simple_protocol of the store's builder";
        return Err(ConnectError::Database { why: why.to_owned() });
    }
    Ok(())
}

/// Returns whether a connection of this pool may run the prepared statements of others.
async fn mixes(one: &mut PgConnection, pool: &PgPool) -> Result<bool, sqlx::Error> {
    // The pool may have one connection only, so the other is not of the pool. A server that is full has no room for it.
    let Ok(mut other) = PgConnection::connect_with(&pool.connect_options()).await else { return Ok(false) };
    let mixes = shares(one, &mut other).await? && keeps_names(&mut other).await?;
    let _ = other.close_hard().await;
    Ok(mixes)
}

/// Returns whether both connections lead to one process of the server, or one of them to several.
async fn shares(one: &mut PgConnection, other: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let (first, second) = (process(one).await?, process(other).await?);
    let mut is_shared = first == second;
    for _ in 1..ROUNDS {
        is_shared |= process(one).await? != first || process(other).await? != second;
    }
    Ok(is_shared)
}

async fn process(connection: &mut PgConnection) -> Result<i64, sqlx::Error> {
    number(connection, "SELECT pg_backend_pid()::bigint").await
}

/// Returns whether a prepared statement has the name on the server that sqlx gave it.
async fn keeps_names(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    if connection.prepare(AssertSqlSafe("SELECT 1").into_sql_str()).await.is_err() {
        // Another client has one of this name there.
        return Ok(true);
    }
    let named = "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'sqlx%'";
    Ok(number(connection, named).await? > 0)
}

async fn number(connection: &mut PgConnection, statement: &'static str) -> Result<i64, sqlx::Error> {
    let rows = rows_on(connection, true, &Statement::new(statement), &[]).await?;
    match rows.first().and_then(|row| row.first()) {
        Some(Cell::Int(number)) => Ok(*number),
        _ => Err(sqlx::Error::Protocol("not a number".to_owned())),
    }
}
