//! Settings of a store before it connects.

use std::time::Duration;

use mfakit_core::{Clock, Secret};

use crate::{connection::Connection, error::ConnectError, inspect::inspect, names::Names, store::RedisStore};

impl RedisStore {
    /// Connects to a single server, with the default settings of [`RedisStoreBuilder`].
    ///
    /// # Errors
    ///
    /// Returns an error if the URL is not valid, or if the server cannot be reached or rejects the credentials.
    pub async fn connect(url: impl Into<String>) -> Result<Self, ConnectError> {
        Self::builder(url).connect().await
    }

    /// Returns a builder for a store on a single server. The URL is `redis://host:6379/0`, or `rediss://` for TLS, with
    /// `user:password@` before the host.
    pub fn builder(url: impl Into<String>) -> RedisStoreBuilder {
        RedisStoreBuilder::single(url.into())
    }

    /// Returns a builder for a store on a Redis Cluster, with the URLs of some of its nodes.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), mfakit_redis::ConnectError> {
    /// use mfakit_redis::RedisStore;
    ///
    /// let nodes = ["rediss://redis-1.example:6379", "rediss://redis-2.example:6379"];
    /// let store = RedisStore::cluster(nodes).connect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn cluster<U: Into<String>>(urls: impl IntoIterator<Item = U>) -> RedisStoreBuilder {
        RedisStoreBuilder::cluster(urls.into_iter().map(Into::into).collect())
    }
}

/// Settings of a [`RedisStore`] before it connects.
///
/// ```no_run
/// # use mfakit_core::Secret;
/// # async fn example(key: Secret) -> Result<(), mfakit_redis::ConnectError> {
/// use std::time::Duration;
/// use mfakit_redis::RedisStore;
///
/// let store = RedisStore::builder("rediss://mfakit:password@redis.example:6380/0")
///     .prefix("bank-mfa")
///     .name_key(key)
///     .timeout(Duration::from_secs(1))
///     .connect()
///     .await?;
/// # Ok(())
/// # }
/// ```
///
/// | setting | default |
/// |---|---|
/// | [`prefix`](Self::prefix) | `mfakit` |
/// | [`name_key`](Self::name_key) | none: keys contain unkeyed hashes |
/// | [`timeout`](Self::timeout) | 2 s |
#[derive(Debug)]
#[must_use]
pub struct RedisStoreBuilder {
    server: Server,
    prefix: String,
    name_key: Option<Secret>,
    timeout: Duration,
    clock: Option<Box<dyn Clock>>,
}

/// Servers to connect to. `Debug` hides the URLs, which may contain a password.
enum Server {
    Single(String),
    Cluster(Vec<String>),
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Single(_) => "Single(…)",
            Self::Cluster(_) => "Cluster(…)",
        })
    }
}

impl RedisStoreBuilder {
    pub(crate) fn single(url: String) -> Self {
        Self::new(Server::Single(url))
    }

    pub(crate) fn cluster(urls: Vec<String>) -> Self {
        Self::new(Server::Cluster(urls))
    }

    fn new(server: Server) -> Self {
        let prefix = "mfakit".to_owned();
        Self { server, prefix, name_key: None, timeout: Duration::from_secs(2), clock: None }
    }

    /// Sets the prefix of every key.
    ///
    /// Each group of users with its own user IDs needs its own prefix: two apps on one server, and also two
    /// groups of users of one app, each with its own engine. With a shared prefix, customer `1` and
    /// administrator `1` would be the same user. One could lock the other, and their attempts and messages
    /// would be counted together.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Sets a secret that identifies users in keys by a keyed hash (HMAC-SHA-256). With it, a copy of the database does
    /// not reveal its users to someone who tries user IDs.
    ///
    /// Every instance needs the same secret. Do not rotate it with the engine's secret: under a different one, all earlier
    /// grants, locks and counts are lost.
    pub fn name_key(mut self, key: Secret) -> Self {
        self.name_key = Some(key);
        self
    }

    /// Sets the timeout for a connection, and for each answer: 10 milliseconds to 3 seconds. The engine gives up after
    /// ten seconds, and a verb that must connect and send its script waits up to three times.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets a clock that replaces the server's. Use it only in tests that move the clock: instances whose clocks differ
    /// do not agree on what has expired.
    pub fn danger_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Box::new(clock));
        self
    }

    /// Connects. Logs a warning for each way in which the server's configuration endangers the records.
    ///
    /// # Errors
    ///
    /// Returns an error if a setting is not valid, or if the server cannot be reached or rejects the credentials.
    pub async fn connect(self) -> Result<RedisStore, ConnectError> {
        let Self { server, prefix, name_key, timeout, clock } = self;
        let is_allowed = |letter: u8| letter.is_ascii_alphanumeric() || b"-_.:".contains(&letter);
        if !(1..=64).contains(&prefix.len()) || !prefix.bytes().all(is_allowed) {
            return Err(ConnectError::Prefix { prefix });
        }
        if !(Duration::from_millis(10)..=Duration::from_secs(3)).contains(&timeout) {
            return Err(ConnectError::Timeout);
        }
        let (connection, urls) = match server {
            Server::Single(url) => (Connection::single(&url, timeout).await?, vec![url]),
            Server::Cluster(urls) => (Connection::cluster(&urls, timeout).await?, urls),
        };
        inspect(&connection, &urls).await;
        Ok(RedisStore::new(connection, Names::new(prefix, name_key), clock))
    }
}
