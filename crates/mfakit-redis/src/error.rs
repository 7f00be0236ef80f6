//! Why a store could not be connected.

use std::error::Error;

/// Why a store could not be connected. Says what to do, and shows neither the address nor the password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The URL is none of Redis.
    #[error("this is no URL of a Redis server; write redis://host:6379/0, or rediss:// for TLS")]
    Url(#[source] Box<dyn Error + Send + Sync>),
    /// The prefix could not stand in a key.
    #[error(
        "the prefix {prefix:?} cannot stand in a key: use 1 to 64 letters, digits, '-', '_', '.' and ':'"
    )]
    Prefix {
        /// What was written.
        prefix: String,
    },
    /// The time for an answer is out of bounds.
    #[error("the timeout is to be 10 milliseconds to 3 seconds, since the engine gives up after ten seconds")]
    Timeout,
    /// The server refuses the user or the password.
    #[error("Redis refuses the user name or password in the URL")]
    Credentials(#[source] Box<dyn Error + Send + Sync>),
    /// The server does not answer.
    #[error("Redis cannot be reached; is it running, and do scheme (redis, rediss), host and port fit?")]
    Unreachable(#[source] Box<dyn Error + Send + Sync>),
}
