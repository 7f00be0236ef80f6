//! Database of the bank: PostgreSQL, or SQLite in one file.

mod kept_secret;
mod pool;
mod session_rows;

use std::fmt;

use mfakit::{BoxError, MfaBuilder, Secret, SqlStore};
use secrecy::{ExposeSecret, SecretString};

pub use session_rows::{SessionRows, now};

use kept_secret::kept_secret;
use pool::Pool;

/// Database with the sessions, and with mfakit's challenges, grants and counts. Several instances may share it.
#[derive(Clone)]
pub struct Database {
    pool: Pool,
    secret: SecretString,
}

impl Database {
    /// Connects to the database at this URL, and creates the tables of the sessions. The file of SQLite is created too.
    ///
    /// Without a secret, SQLite uses the one in the file beside it, which is created at the first start.
    ///
    /// # Errors
    ///
    /// Returns an error if the URL is not valid, if the database cannot be reached, or if the secret is missing or too
    /// weak. Its text contains no password.
    pub async fn connect(url: &str, secret: Option<String>) -> Result<Self, BoxError> {
        let pool = Pool::connect(url).await?;
        let secret = match (secret, pool.file()) {
            (Some(secret), _) => secret,
            (None, Some(file)) => kept_secret(&file)?,
            (None, None) => {
                return Err(
                    "MFAKIT_SECRET is not set: set it to at least 32 random bytes, such as the output of \
                            `openssl rand -base64 32`, and to the same ones on every instance"
                        .into(),
                );
            }
        };
        Secret::new(secret.as_bytes())?;
        let created = SessionRows::create_table(&pool).await;
        created.map_err(|error| format!("the table of the sessions cannot be created: {error}"))?;
        Ok(Self { pool, secret: secret.into() })
    }

    /// Returns the rows of the sessions, for the session store of the framework.
    #[must_use]
    pub fn sessions(&self) -> SessionRows {
        SessionRows::new(self.pool.clone())
    }

    /// Returns the bytes of the secret, from which the key for the session cookies is derived.
    #[must_use]
    pub fn secret(&self) -> &[u8] {
        self.secret.expose_secret().as_bytes()
    }

    /// Configures an engine to keep its challenges, grants and counts in the database. Creates the tables.
    ///
    /// # Errors
    ///
    /// Returns an error if the database cannot be used, or has rows of another secret.
    pub async fn engine(&self, engine: MfaBuilder) -> Result<MfaBuilder, BoxError> {
        let secret = || Secret::new(self.secret());
        let store = match &self.pool {
            Pool::Postgres(pool) => SqlStore::builder(pool, secret()?),
            Pool::Sqlite(pool) => SqlStore::builder(pool, secret()?),
        };
        let store = store.migrate().await?.connect().await?;
        Ok(engine.store(store).secret(secret()?))
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Database")
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
