//! Errors of connecting.

use std::error::Error;

/// Error of connecting a [`RedisStore`](crate::RedisStore).
///
/// The message says how to fix the problem. Neither it nor `Debug` contains the address or the password.
///
/// ```
/// use mfakit_redis::{ConnectError, RedisStore};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let error = RedisStore::connect("localhost:6379").await.unwrap_err();
/// assert!(matches!(error, ConnectError::Url(_)));
/// assert!(error.to_string().contains("redis://host:6379/0"));
/// # })
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The URL is not a valid URL of a Redis server.
    #[error("the URL is not a valid URL of a Redis server: use redis://host:6379/0, or rediss:// for TLS")]
    Url(#[source] Box<dyn Error + Send + Sync>),
    /// The prefix is not valid.
    #[error("{prefix:?} is not a valid prefix: use 1 to 64 letters, digits, '-', '_', '.' and ':'")]
    Prefix {
        /// Prefix that was set.
        prefix: String,
    },
    /// The timeout is not between 10 milliseconds and 3 seconds.
    #[error(
        "the timeout must be 10 milliseconds to 3 seconds, because the engine gives up after ten seconds"
    )]
    Timeout,
    /// The server rejects the user name or the password.
    #[error("Redis rejects the user name or password in the URL")]
    Credentials(#[source] Box<dyn Error + Send + Sync>),
    /// The server does not answer.
    #[error("Redis cannot be reached: check that it runs, and the scheme (redis, rediss), host and port")]
    Unreachable(#[source] Box<dyn Error + Send + Sync>),
}
