//! What several instances of a bank share: one Redis and one secret.

use std::env;

use mfakit::{BoxError, MfaBuilder, RedisStore, Secret};
use secrecy::{ExposeSecret, SecretString};

/// What several instances of a bank share.
///
/// Accounts are not among it: balances, settings and numbers are in the memory of each instance.
#[derive(Clone, Debug)]
pub struct Shared {
    /// It may have a password in it.
    redis_url: SecretString,
    secret: SecretString,
}

impl Shared {
    /// What `REDIS_URL` and `MFAKIT_SECRET` say; nothing is shared where the former is not set.
    ///
    /// # Errors
    ///
    /// When there is a Redis and no secret, or one that could be guessed.
    pub fn from_env() -> Result<Option<Self>, BoxError> {
        let Some(redis_url) = env::var("REDIS_URL").ok().filter(|url| !url.is_empty()) else {
            return Ok(None);
        };
        let name = "MFAKIT_SECRET";
        Secret::from_env(name)?;
        Ok(Some(Self::new(redis_url, env::var(name)?)))
    }

    /// This Redis and this secret.
    pub fn new(redis_url: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { redis_url: redis_url.into().into(), secret: secret.into().into() }
    }

    /// Where the Redis is, for the sessions.
    #[must_use]
    pub fn redis_url(&self) -> &str {
        self.redis_url.expose_secret()
    }

    /// The secret's bytes, to derive the key from that seals the sessions' cookies.
    #[must_use]
    pub fn secret(&self) -> &[u8] {
        self.secret.expose_secret().as_bytes()
    }

    /// The engine with its challenges, grants and counts in Redis, where every instance finds them.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached.
    pub async fn engine(&self, engine: MfaBuilder) -> Result<MfaBuilder, BoxError> {
        // The key that users are named by never changes. Where the secret does, give it a secret of its own.
        let name_key = Secret::new(self.secret())?;
        let store = RedisStore::builder(self.redis_url()).name_key(name_key).connect().await?;
        Ok(engine.store(store).secret(Secret::new(self.secret())?))
    }
}
