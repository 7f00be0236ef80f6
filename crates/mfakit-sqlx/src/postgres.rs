//! Statements on PostgreSQL.

use std::sync::Arc;

use sqlx::{
    AssertSqlSafe, Column, Executor, PgConnection, PgPool, Postgres, Row as _, TypeInfo,
    pool::PoolConnection,
    postgres::{PgArguments, PgRow},
    query::Query,
};
use tokio::time::{Instant, error::Elapsed, timeout_at};

use crate::{
    failure::Failure,
    statement::{Cell, Parameter, Row, Statement},
};

/// Runs a statement before the deadline, and returns the number of rows that it changed.
pub(crate) async fn execute(
    pool: &PgPool,
    deadline: Instant,
    simple: bool,
    statement: &Statement,
    parameters: &[Parameter<'_>],
) -> Result<u64, Failure> {
    let mut borrowed = Borrowed::from(pool, deadline).await?;
    let answer =
        timeout_at(deadline, execute_on(&mut borrowed.connection, simple, statement, parameters)).await;
    borrowed.answered(answer)
}

/// Runs a statement before the deadline, and returns its rows.
pub(crate) async fn rows(
    pool: &PgPool,
    deadline: Instant,
    simple: bool,
    statement: &Statement,
    parameters: &[Parameter<'_>],
) -> Result<Vec<Row>, Failure> {
    let mut borrowed = Borrowed::from(pool, deadline).await?;
    let answer = timeout_at(deadline, rows_on(&mut borrowed.connection, simple, statement, parameters)).await;
    borrowed.answered(answer)
}

/// Connection of the pool. Dropping it closes the connection if no answer arrived, in time or before the caller left. The pool
/// would wait for the answer without a limit before it lends the connection again.
pub(crate) struct Borrowed {
    pub(crate) connection: PoolConnection<Postgres>,
    is_answered: bool,
}

impl Borrowed {
    pub(crate) async fn from(pool: &PgPool, deadline: Instant) -> Result<Self, Failure> {
        let connection = timeout_at(deadline, pool.acquire()).await.map_err(|_| Failure::NoConnection)??;
        Ok(Self { connection, is_answered: false })
    }

    /// Returns the answer, and the connection to the pool.
    pub(crate) fn answered<T>(
        mut self,
        answer: Result<Result<T, sqlx::Error>, Elapsed>,
    ) -> Result<T, Failure> {
        let answer = answer.map_err(|_| Failure::NoAnswer)?;
        self.is_answered = true;
        Ok(answer?)
    }
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        if !self.is_answered {
            self.connection.close_on_drop();
        }
    }
}

async fn execute_on(
    connection: &mut PgConnection,
    simple: bool,
    statement: &Statement,
    parameters: &[Parameter<'_>],
) -> Result<u64, sqlx::Error> {
    let done = if simple {
        connection.execute(sqlx::raw_sql(AssertSqlSafe(literal(statement, parameters)?))).await?
    } else {
        connection.execute(prepared(statement, parameters)).await?
    };
    Ok(done.rows_affected())
}

/// Runs a statement on this connection, and returns its rows.
pub(crate) async fn rows_on(
    connection: &mut PgConnection,
    simple: bool,
    statement: &Statement,
    parameters: &[Parameter<'_>],
) -> Result<Vec<Row>, sqlx::Error> {
    let rows = if simple {
        connection.fetch_all(sqlx::raw_sql(AssertSqlSafe(literal(statement, parameters)?))).await?
    } else {
        connection.fetch_all(prepared(statement, parameters)).await?
    };
    rows.iter().map(row).collect()
}

fn literal(statement: &Statement, parameters: &[Parameter<'_>]) -> Result<String, sqlx::Error> {
    statement
        .with_literals(parameters)
        .ok_or_else(|| sqlx::Error::Protocol("a parameter is missing".to_owned()))
}

fn prepared<'a>(statement: &Statement, parameters: &[Parameter<'a>]) -> Query<'a, Postgres, PgArguments> {
    let query = sqlx::query(AssertSqlSafe(Arc::clone(statement.text())));
    parameters.iter().fold(query, |query, parameter| match *parameter {
        Parameter::Bytes(bytes) => query.bind(bytes),
        Parameter::Int(number) => query.bind(number),
        Parameter::Null => query.bind(None::<&[u8]>),
    })
}

fn row(row: &PgRow) -> Result<Row, sqlx::Error> {
    let cell = |column: &sqlx::postgres::PgColumn| {
        let at = column.ordinal();
        Ok(match column.type_info().name() {
            "BYTEA" => row.try_get::<Option<_>, _>(at)?.map_or(Cell::Null, Cell::Bytes),
            "INT8" => row.try_get::<Option<_>, _>(at)?.map_or(Cell::Null, Cell::Int),
            "TEXT" => row.try_get::<Option<_>, _>(at)?.map_or(Cell::Null, Cell::Text),
            _ => Cell::Other,
        })
    };
    row.columns().iter().map(cell).collect()
}
