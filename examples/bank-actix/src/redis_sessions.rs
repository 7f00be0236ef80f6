//! Sessions that instances share.

use std::{fmt, time::Duration as StdDuration};

use actix_session::storage::{
    LoadError, RedisSessionStore, SaveError, SessionKey, SessionStore, UpdateError,
};
use actix_web::{cookie::time::Duration, rt::time::timeout};
use deadpool_redis::{Config, Runtime};

use crate::memory::State;

/// How long a request waits for Redis.
const CALL_TIMEOUT: StdDuration = StdDuration::from_secs(2);

/// Sessions in Redis; clones are the same. Once connected it finds its way back by itself.
///
/// They are actix-session's, but for two things. It waits for as long as it takes, and this gives up. And it has
/// its connections from a pool: the single one that actix-session makes of a URL may need minutes to come
/// back.
#[derive(Clone)]
pub struct RedisSessions(RedisSessionStore);

impl RedisSessions {
    /// Sessions in the Redis at this URL, under keys of the bank's own.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached.
    pub async fn connect(url: &str) -> anyhow::Result<Self> {
        let pool = Config::from_url(url).create_pool(Some(Runtime::Tokio1))?;
        // A pool connects when it is first asked for a connection.
        in_time(pool.get()).await??;
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
        in_time(self.0.load(key)).await.map_err(LoadError::Other)?
    }

    async fn save(&self, state: State, ttl: &Duration) -> Result<SessionKey, SaveError> {
        in_time(self.0.save(state, ttl)).await.map_err(SaveError::Other)?
    }

    async fn update(&self, key: SessionKey, state: State, ttl: &Duration) -> Result<SessionKey, UpdateError> {
        in_time(self.0.update(key, state, ttl)).await.map_err(UpdateError::Other)?
    }

    async fn update_ttl(&self, key: &SessionKey, ttl: &Duration) -> anyhow::Result<()> {
        in_time(self.0.update_ttl(key, ttl)).await?
    }

    async fn delete(&self, key: &SessionKey) -> anyhow::Result<()> {
        in_time(self.0.delete(key)).await?
    }
}

async fn in_time<T>(call: impl Future<Output = T>) -> anyhow::Result<T> {
    timeout(CALL_TIMEOUT, call).await.map_err(|_| anyhow::anyhow!("Redis does not answer"))
}
