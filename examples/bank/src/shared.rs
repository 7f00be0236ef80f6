//! Configuration that several instances of a bank share: Redis and a secret.

use std::env;

use mfakit::{BoxError, MfaBuilder, RedisStore, Secret};
use secrecy::{ExposeSecret, SecretString};

/// Configuration that several instances of a bank share.
#[derive(Clone, Debug)]
pub struct Shared {
    /// May contain a password.
    redis_url: SecretString,
    secret: SecretString,
}

impl Shared {
    /// Reads `MFAKIT_SECRET`, for the Redis at this URL.
    ///
    /// # Errors
    ///
    /// Returns an error if the secret is missing or too weak.
    pub fn from_env(redis_url: impl Into<String>) -> Result<Self, BoxError> {
        let name = "MFAKIT_SECRET";
        Secret::from_env(name)?;
        Ok(Self::new(redis_url, env::var(name)?))
    }

    /// Creates a configuration with this Redis URL and this secret.
    pub fn new(redis_url: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { redis_url: redis_url.into().into(), secret: secret.into().into() }
    }

    /// Returns the URL of Redis, for the sessions.
    #[must_use]
    pub fn redis_url(&self) -> &str {
        self.redis_url.expose_secret()
    }

    /// Returns the bytes of the secret, from which the key for the session cookies is derived.
    #[must_use]
    pub fn secret(&self) -> &[u8] {
        self.secret.expose_secret().as_bytes()
    }

    /// Configures an engine to keep its challenges, grants and counts in Redis, which all instances share.
    ///
    /// # Errors
    ///
    /// Returns an error if Redis cannot be reached.
    pub async fn engine(&self, engine: MfaBuilder) -> Result<MfaBuilder, BoxError> {
        // The name key must never change. If you rotate the secret, use a separate secret for the name key.
        let name_key = Secret::new(self.secret())?;
        let store = RedisStore::builder(self.redis_url()).name_key(name_key).connect().await?;
        Ok(engine.store(store).secret(Secret::new(self.secret())?))
    }
}
