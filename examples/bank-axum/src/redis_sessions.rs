//! Sessions that several instances share, in Redis.

use std::time::Duration;

use tower_sessions_redis_store::{
    RedisStore,
    fred::{
        clients::Client,
        error::Error,
        interfaces::ClientLike,
        types::{
            Builder,
            config::{Config, ReconnectPolicy},
        },
    },
};

/// Timeout for calls of Redis. The client's default is no timeout.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Connects to the Redis at this URL. After a lost connection, the client reconnects automatically.
///
/// The key of a session is its id, because the store supports no prefix. mfakit's keys have one.
///
/// # Errors
///
/// Returns an error if Redis cannot be reached.
pub async fn redis_sessions(url: &str) -> Result<RedisStore<Client>, Error> {
    let client = Builder::from_config(Config::from_url(url)?)
        .with_performance_config(|config| config.default_command_timeout = TIMEOUT)
        .with_connection_config(|config| {
            config.connection_timeout = TIMEOUT;
            config.internal_command_timeout = TIMEOUT;
        })
        // Reconnect without limit, first after 0.1 s and later every 2 s.
        .set_policy(ReconnectPolicy::new_exponential(0, 100, 2000, 2))
        .build()?;
    client.init().await?;
    Ok(RedisStore::new(client))
}
