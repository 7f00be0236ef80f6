//! Transactions, for migrations alone. No verb opens one.

use crate::{
    failure::Failure,
    pool::Pool,
    statement::{Row, Statement},
};

/// Open transaction. Dropping it rolls it back.
pub(crate) enum Transaction {
    #[cfg(feature = "postgres")]
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
    #[cfg(feature = "sqlite")]
    Sqlite(sqlx::Transaction<'static, sqlx::Sqlite>),
}

impl Transaction {
    /// Opens a transaction. On SQLite it has the lock for writing from its beginning.
    pub(crate) async fn begin(pool: &Pool) -> Result<Self, Failure> {
        Ok(match *pool {
            #[cfg(feature = "postgres")]
            Pool::Postgres(ref pool) => Self::Postgres(pool.begin().await?),
            #[cfg(feature = "sqlite")]
            Pool::Sqlite(ref pool) => Self::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?),
        })
    }

    /// Runs statements without parameters.
    pub(crate) async fn run(&mut self, statements: String) -> Result<(), Failure> {
        let statements = sqlx::raw_sql(sqlx::AssertSqlSafe(statements));
        match *self {
            #[cfg(feature = "postgres")]
            Self::Postgres(ref mut open) => statements.execute(&mut **open).await.map(|_| ())?,
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref mut open) => statements.execute(&mut **open).await.map(|_| ())?,
        }
        Ok(())
    }

    /// Runs a statement without parameters, and returns its rows.
    pub(crate) async fn rows(&mut self, statement: &Statement) -> Result<Vec<Row>, Failure> {
        Ok(match *self {
            #[cfg(feature = "postgres")]
            Self::Postgres(ref mut open) => crate::postgres::rows_on(open, true, statement, &[]).await?,
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref mut open) => crate::sqlite::rows_on(open, statement, &[]).await?,
        })
    }

    /// Commits what was done.
    pub(crate) async fn commit(self) -> Result<(), Failure> {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(open) => open.commit().await?,
            #[cfg(feature = "sqlite")]
            Self::Sqlite(open) => open.commit().await?,
        }
        Ok(())
    }
}
