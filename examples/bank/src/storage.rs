//! Storage of sessions, challenges, grants and counts, as the environment names it.

use std::env::{self, VarError};

use mfakit::BoxError;

use crate::{Shared, database::Database};

/// Place of the sessions, and of mfakit's challenges, grants and counts.
///
/// Accounts are always in memory: each instance has its own balances, settings and phone numbers.
#[derive(Clone, Debug)]
pub enum Storage {
    /// Memory of this process.
    Memory,
    /// Redis, which several instances share.
    Redis(Shared),
    /// A database, which several instances share, and which outlives the process.
    Database(Database),
}

impl Storage {
    /// Reads `REDIS_URL`, `DATABASE_URL` and `MFAKIT_SECRET`, and connects to the database. Without any, it is the memory.
    ///
    /// # Errors
    ///
    /// Returns an error if both URLs are set, if the secret is missing or too weak, or if the database cannot be used.
    pub async fn from_env() -> Result<Self, BoxError> {
        match (variable("REDIS_URL")?, variable("DATABASE_URL")?) {
            (None, None) => Ok(Self::Memory),
            (Some(redis), None) => Ok(Self::Redis(Shared::from_env(redis)?)),
            (None, Some(database)) => {
                let secret = variable("MFAKIT_SECRET")?;
                Ok(Self::Database(Database::connect(&database, secret).await?))
            }
            (Some(_), Some(_)) => Err("REDIS_URL and DATABASE_URL are both set: unset one of them".into()),
        }
    }
}

/// Returns the value of a variable. An empty value counts as missing.
fn variable(name: &str) -> Result<Option<String>, BoxError> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(format!("{name} is not valid text").into()),
    }
}
