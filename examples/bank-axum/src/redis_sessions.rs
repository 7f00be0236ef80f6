//! Sessions that instances share.

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

/// How long a request waits for Redis. Unless it is told, the client waits for as long as it takes.
const CALL_TIMEOUT: Duration = Duration::from_secs(2);

/// Sessions in the Redis at this URL. Once connected it finds its way back by itself.
///
/// A session's id is its key as it stands: the store knows no prefix. mfakit's keys have one.
///
/// # Errors
///
/// When Redis cannot be reached.
pub async fn redis_sessions(url: &str) -> Result<RedisStore<Client>, Error> {
    let client = Builder::from_config(Config::from_url(url)?)
        .with_performance_config(|config| config.default_command_timeout = CALL_TIMEOUT)
        .with_connection_config(|config| {
            config.connection_timeout = CALL_TIMEOUT;
            config.internal_command_timeout = CALL_TIMEOUT;
        })
        // For ever, first after a tenth of a second and later every two.
        .set_policy(ReconnectPolicy::new_exponential(0, 100, 2000, 2))
        .build()?;
    client.init().await?;
    Ok(RedisStore::new(client))
}
