//! Errors of connecting.

use std::error::Error;

use mfakit_core::adapter::TlsError;

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
    /// The URL requires TLS, and the app is built without it.
    #[error(
        "rediss:// requires one of mfakit's features rustls-no-provider, rustls-aws-lc-rs, rustls-ring and native-tls"
    )]
    TlsFeature,
    /// The URL requires TLS, and rustls has no cryptography provider.
    #[error("{}", TlsError::CryptoProvider)]
    CryptoProvider,
    /// The certificates or the key that were set are not valid, or this machine trusts no certificate authority.
    #[error(
        "the certificates for TLS cannot be used: set PEM, or install the certificate authorities of the operating \
         system"
    )]
    Certificates(#[source] Box<dyn Error + Send + Sync>),
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
    /// The number of replicas to wait for is 0, or they have less than a millisecond, or more than half of the timeout.
    #[error(
        "the number of replicas to wait for must be at least 1, and their time 1 millisecond to half of the store's timeout"
    )]
    Replicas,
    /// The store is to wait for replicas, and uses a connection or a pool of the app.
    #[error(
        "waiting for replicas needs connections of the store's own: use builder(..), sentinel(..) or cluster(..)"
    )]
    ReplicasOfOwn,
    /// The server rejects the user name or the password.
    #[error("Redis rejects the user name or password in the URL")]
    Credentials(#[source] Box<dyn Error + Send + Sync>),
    /// The server does not answer.
    #[error("Redis cannot be reached: check that it runs, and the scheme (redis, rediss), host and port")]
    Unreachable(#[source] Box<dyn Error + Send + Sync>),
}

impl From<TlsError> for ConnectError {
    fn from(error: TlsError) -> Self {
        match error {
            TlsError::Feature => Self::TlsFeature,
            TlsError::CryptoProvider => Self::CryptoProvider,
            TlsError::Certificates(cause) => Self::Certificates(cause),
        }
    }
}
