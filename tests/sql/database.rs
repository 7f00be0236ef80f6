//! Databases that every test runs on.

#[cfg(feature = "postgres")]
use std::sync::Arc;
use std::{
    env, fs,
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use mfakit_sqlx::Pool;
use sqlx::{
    AssertSqlSafe, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};
#[cfg(feature = "postgres")]
use sqlx::{
    ConnectOptions as _, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

#[cfg(feature = "postgres")]
use crate::server::PostgresServer;

/// Empty database. Dropping it deletes it.
#[allow(clippy::large_enum_variant, reason = "a test has two of them")]
pub(crate) enum Database {
    Sqlite(File),
    #[cfg(feature = "postgres")]
    Postgres {
        options: PgConnectOptions,
        /// Ends with the last test that uses it.
        _server: Arc<PostgresServer>,
    },
}

impl Database {
    /// Returns an empty database of each kind.
    pub(crate) async fn each() -> Vec<Self> {
        let sqlite = Self::Sqlite(File::new());
        #[cfg(feature = "postgres")]
        let databases = vec![sqlite, Self::postgres().await];
        #[cfg(not(feature = "postgres"))]
        let databases = vec![sqlite];
        databases
    }

    #[cfg(feature = "postgres")]
    pub(crate) async fn postgres() -> Self {
        let server = PostgresServer::shared().await;
        Self::Postgres { options: server.database().await, _server: server }
    }

    /// Returns the name of the kind.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            #[cfg(feature = "postgres")]
            Self::Postgres { .. } => "PostgreSQL",
        }
    }

    pub(crate) const fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    /// Returns bytes as a literal of this kind of database.
    pub(crate) fn bytes(&self, hex: &str) -> String {
        if self.is_sqlite() { format!("x'{hex}'") } else { format!("decode('{hex}', 'hex')") }
    }

    /// Returns the URL that an app gets as `DATABASE_URL`.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::Sqlite(file) => format!("sqlite:{}", file.0.display()),
            #[cfg(feature = "postgres")]
            Self::Postgres { options, .. } => options.to_url_lossy().to_string(),
        }
    }

    /// Opens a new pool, as another instance of an app does.
    pub(crate) async fn pool(&self) -> Pool {
        match self {
            Self::Sqlite(file) => file.pool().await.into(),
            #[cfg(feature = "postgres")]
            Self::Postgres { options, .. } => pool_of(options).await.into(),
        }
    }

    /// Runs statements, and returns the number of rows that they changed.
    pub(crate) async fn run(&self, statements: &str) -> u64 {
        let statements = sqlx::raw_sql(AssertSqlSafe(statements.to_owned()));
        match self {
            Self::Sqlite(file) => statements.execute(&file.pool().await).await.unwrap().rows_affected(),
            #[cfg(feature = "postgres")]
            Self::Postgres { options, .. } => {
                statements.execute(&pool_of(options).await).await.unwrap().rows_affected()
            }
        }
    }

    /// Returns the number of rows of users and of budgets.
    pub(crate) async fn rows(&self) -> usize {
        let rows = "SELECT (SELECT count(*) FROM mfakit_users) + (SELECT count(*) FROM mfakit_budgets)";
        self.number(rows).await.try_into().unwrap()
    }

    /// Returns the number that a statement selects.
    pub(crate) async fn number(&self, statement: &str) -> i64 {
        let statement = AssertSqlSafe(statement.to_owned());
        match self {
            Self::Sqlite(file) => sqlx::query_scalar(statement).fetch_one(&file.pool().await).await.unwrap(),
            #[cfg(feature = "postgres")]
            Self::Postgres { options, .. } => {
                sqlx::query_scalar(statement).fetch_one(&pool_of(options).await).await.unwrap()
            }
        }
    }
}

/// Opens a pool of connections to a database of PostgreSQL.
#[cfg(feature = "postgres")]
pub(crate) async fn pool_of(options: &PgConnectOptions) -> PgPool {
    PgPoolOptions::new().max_connections(10).connect_with(options.clone()).await.unwrap()
}

/// Database of SQLite, in a separate file.
pub(crate) struct File(PathBuf);

impl File {
    /// Returns the path of a file that does not exist.
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("mfakit-sql-{}-{}.db", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        Self(env::temp_dir().join(name))
    }

    /// Returns the options that mfakit recommends.
    pub(crate) fn options(&self) -> SqliteConnectOptions {
        let options = SqliteConnectOptions::new().filename(&self.0).create_if_missing(true);
        options.journal_mode(SqliteJournalMode::Wal)
    }

    async fn pool(&self) -> SqlitePool {
        SqlitePoolOptions::new().max_connections(10).connect_with(self.options()).await.unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm", ".secret"] {
            let _ = fs::remove_file(format!("{}{end}", self.0.display()));
        }
    }
}
