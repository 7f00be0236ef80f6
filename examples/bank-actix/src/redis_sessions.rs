//! Sessions that several instances share, in Redis.

use std::{fmt, time::Duration as StdDuration};

use actix_session::storage::{
    LoadError, RedisSessionStore, SaveError, SessionKey, SessionStore, UpdateError,
};
use actix_web::{cookie::time::Duration, rt::time::timeout};
use deadpool_redis::{Config, Runtime};

use crate::memory::State;

/// Timeout for calls of Redis.
const TIMEOUT: StdDuration = StdDuration::from_secs(2);

/// Sessions in Redis. All clones share the same sessions. After a lost connection, it reconnects automatically.
///
/// It wraps actix-session's store, with two differences: calls have a timeout, and connections come from a pool. The
/// single connection that actix-session makes from a URL may need minutes to reconnect.
#[derive(Clone)]
pub struct RedisSessions(RedisSessionStore);

impl RedisSessions {
    /// Connects to the Redis at this URL. The keys have the bank's own prefix.
    ///
    /// # Errors
    ///
    /// Returns an error if Redis cannot be reached.
    pub async fn connect(url: &str) -> anyhow::Result<Self> {
        let pool = Config::from_url(url).create_pool(Some(Runtime::Tokio1))?;
        // A pool connects only when a connection is requested.
        with_timeout(pool.get()).await??;
        let store = RedisSessionStore::builder_pooled(pool)
            .cache_keygen(|key| format!("bank-actix:session:{key}"))
            .build();
        Ok(Self(store.await?))
    }
}

impl fmt::Debug for RedisSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RedisSessions")
    }
}

impl SessionStore for RedisSessions {
    async fn load(&self, key: &SessionKey) -> Result<Option<State>, LoadError> {
        with_timeout(self.0.load(key)).await.map_err(LoadError::Other)?
    }

    async fn save(&self, state: State, ttl: &Duration) -> Result<SessionKey, SaveError> {
        with_timeout(self.0.save(state, ttl)).await.map_err(SaveError::Other)?
    }

    async fn update(&self, key: SessionKey, state: State, ttl: &Duration) -> Result<SessionKey, UpdateError> {
        with_timeout(self.0.update(key, state, ttl)).await.map_err(UpdateError::Other)?
    }

    async fn update_ttl(&self, key: &SessionKey, ttl: &Duration) -> anyhow::Result<()> {
        with_timeout(self.0.update_ttl(key, ttl)).await?
    }

    async fn delete(&self, key: &SessionKey) -> anyhow::Result<()> {
        with_timeout(self.0.delete(key)).await?
    }
}

async fn with_timeout<T>(call: impl Future<Output = T>) -> anyhow::Result<T> {
    timeout(TIMEOUT, call).await.map_err(|_| anyhow::anyhow!("Redis does not respond"))
}
