//! Statements on SQLite.

use std::sync::Arc;

use sqlx::{
    AssertSqlSafe, Executor, Row as _, Sqlite, SqliteConnection, SqlitePool, TypeInfo, ValueRef,
    pool::PoolConnection,
    query::Query,
    sqlite::{SqliteArguments, SqliteRow},
};
use tokio::time::{Instant, timeout_at};

use crate::{
    failure::Failure,
    statement::{Cell, Parameter, Row, Statement},
};

/// Runs a statement before the deadline, and returns the number of rows that it changed.
pub(crate) async fn execute(
    pool: &SqlitePool,
    deadline: Instant,
    statement: &Statement,
    parameters: &[Parameter<'_>],
) -> Result<u64, Failure> {
    let mut borrowed = borrow(pool, deadline).await?;
    let answer = timeout_at(deadline, borrowed.execute(prepared(statement, parameters))).await;
    Ok(answer.map_err(|_| Failure::NoAnswer)??.rows_affected())
}

/// Runs a statement before the deadline, and returns its rows.
pub(crate) async fn rows(
    pool: &SqlitePool,
    deadline: Instant,
    statement: &Statement,
    parameters: &[Parameter<'_>],
) -> Result<Vec<Row>, Failure> {
    let mut borrowed = borrow(pool, deadline).await?;
    let answer = timeout_at(deadline, rows_on(&mut borrowed, statement, parameters)).await;
    Ok(answer.map_err(|_| Failure::NoAnswer)??)
}

/// Runs a statement on this connection, and returns its rows.
pub(crate) async fn rows_on(
    connection: &mut SqliteConnection,
    statement: &Statement,
    parameters: &[Parameter<'_>],
) -> Result<Vec<Row>, sqlx::Error> {
    connection.fetch_all(prepared(statement, parameters)).await?.iter().map(row).collect()
}

async fn borrow(pool: &SqlitePool, deadline: Instant) -> Result<PoolConnection<Sqlite>, Failure> {
    Ok(timeout_at(deadline, pool.acquire()).await.map_err(|_| Failure::NoConnection)??)
}

fn prepared<'a>(statement: &Statement, parameters: &[Parameter<'a>]) -> Query<'a, Sqlite, SqliteArguments> {
    let query = sqlx::query(AssertSqlSafe(Arc::clone(statement.text())));
    parameters.iter().fold(query, |query, parameter| match *parameter {
        Parameter::Bytes(bytes) => query.bind(bytes),
        Parameter::Int(number) => query.bind(number),
        Parameter::Null => query.bind(None::<&[u8]>),
    })
}

fn row(row: &SqliteRow) -> Result<Row, sqlx::Error> {
    // SQLite's columns have no type of their own: each value has.
    let cell = |at: usize| {
        let value = row.try_get_raw(at)?;
        Ok(match value.type_info().name() {
            _ if value.is_null() => Cell::Null,
            "BLOB" => Cell::Bytes(row.try_get(at)?),
            "INTEGER" => Cell::Int(row.try_get(at)?),
            "TEXT" => Cell::Text(row.try_get(at)?),
            _ => Cell::Other,
        })
    };
    (0..row.len()).map(cell).collect()
}
