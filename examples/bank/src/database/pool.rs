//! Pool of connections to PostgreSQL or SQLite.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use mfakit::BoxError;
use sqlx::{
    ConnectOptions, Connection, PgPool, SqlitePool,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::time::timeout;

/// Timeout of a call, which includes the wait for a free connection and for another process that writes.
pub(super) const TIMEOUT: Duration = Duration::from_secs(2);

/// Pool of connections.
#[derive(Clone)]
pub(super) enum Pool {
    Postgres(PgPool),
    Sqlite(SqlitePool),
}

impl Pool {
    /// Connects to the database at this URL. The errors contain no password.
    pub(super) async fn connect(url: &str) -> Result<Self, BoxError> {
        match url.split(':').next() {
            Some("postgres" | "postgresql") => postgres(url).await.map(Self::Postgres),
            Some("sqlite") => sqlite(url).await.map(Self::Sqlite),
            _ => {
                Err("DATABASE_URL must begin with `postgres://` or `sqlite:`, as in `sqlite:bank.db`".into())
            }
        }
    }

    /// Returns the file of SQLite.
    pub(super) fn file(&self) -> Option<PathBuf> {
        match self {
            Self::Postgres(_) => None,
            Self::Sqlite(pool) => Some(pool.connect_options().get_filename().to_owned()),
        }
    }
}

async fn postgres(url: &str) -> Result<PgPool, BoxError> {
    let invalid = |error| format!("DATABASE_URL is not a valid URL of PostgreSQL: {error}");
    let options: PgConnectOptions = url.parse().map_err(invalid)?;
    // A pool tries again until its timeout, and does not report why it failed. This reports it.
    let failed = |why| format!("the PostgreSQL server of DATABASE_URL cannot be used: {why}");
    match timeout(TIMEOUT, options.connect()).await {
        Ok(Ok(connection)) => connection.close().await.map_err(|error| failed(error.to_string()))?,
        Ok(Err(error)) => return Err(failed(error.to_string()).into()),
        Err(_) => return Err(failed("it does not answer".to_owned()).into()),
    }
    Ok(PgPoolOptions::new().acquire_timeout(TIMEOUT).connect_lazy_with(options))
}

async fn sqlite(url: &str) -> Result<SqlitePool, BoxError> {
    let invalid = |error| format!("DATABASE_URL is not a valid URL of SQLite: {error}");
    let options = url.parse::<SqliteConnectOptions>().map_err(invalid)?;
    if options.get_filename().to_string_lossy().starts_with("file:") {
        return Err(
            "DATABASE_URL must name a file, as in `sqlite:bank.db`; unset it to use the memory".into()
        );
    }
    // With FULL, a commit outlives a power failure.
    let options = options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(TIMEOUT);
    let file = options.get_filename().display().to_string();
    let failed = |why: String| format!("the file {file} of DATABASE_URL cannot be used: {why}");
    create(options.get_filename()).map_err(|error| failed(error.to_string()))?;
    let pool = SqlitePoolOptions::new().acquire_timeout(TIMEOUT).connect_with(options).await;
    Ok(pool.map_err(|error| failed(error.to_string()))?)
}

/// Creates the file if it does not exist, readable by this user alone. SQLite gives the files beside it the same permissions.
fn create(file: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.write(true).create_new(true).open(file) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        created => created.map(drop),
    }
}
