//! What can be said of a store before it connects.

use std::time::Duration;

use mfakit_core::{Clock, Secret};

use crate::{connection::Connection, error::ConnectError, inspect::inspect, names::Names, store::RedisStore};

impl RedisStore {
    /// Connects to a single server, with everything else as it is by default.
    ///
    /// # Errors
    ///
    /// When the server cannot be reached or refuses.
    pub async fn connect(url: impl Into<String>) -> Result<Self, ConnectError> {
        Self::builder(url).connect().await
    }

    /// A store on a single server: `redis://host:6379/0`, `rediss://` for TLS, with `user:password@` before the host.
    pub fn builder(url: impl Into<String>) -> RedisStoreBuilder {
        RedisStoreBuilder::single(url.into())
    }

    /// A store on a Redis Cluster, by the URLs of some of its nodes.
    pub fn cluster<U: Into<String>>(urls: impl IntoIterator<Item = U>) -> RedisStoreBuilder {
        RedisStoreBuilder::cluster(urls.into_iter().map(Into::into).collect())
    }
}

/// What can be said of a store before it connects.
///
/// | setting | default |
/// |---|---|
/// | [`prefix`](Self::prefix) | `mfakit` |
/// | [`name_key`](Self::name_key) | none: keys are plain hashes |
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

/// Where to connect to. `Debug` shows no URL, which may hold a password.
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

    /// Names users in keys by a keyed hash (HMAC-SHA-256), so that who has a copy of the database cannot find out whom
    /// it is about by trying user ids.
    ///
    /// Every instance needs the same. It is not rotated with the engine's secret: with another one every grant, lock
    /// and count is out of sight.
    pub fn name_key(mut self, key: Secret) -> Self {
        self.name_key = Some(key);
        self
    }

    /// How long to wait for a connection, and for an answer: 10 ms to 3 s. The engine gives up after ten seconds, and a
    /// verb that has to connect and to send its script waits three times.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Lets a clock of one's own say what time it is, in place of the server's. For tests that move the clock, and for
    /// nothing else: instances whose clocks differ would not agree on what is over.
    pub fn danger_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Box::new(clock));
        self
    }

    /// Connects, and warns where the server is run in a way that endangers what it keeps.
    ///
    /// # Errors
    ///
    /// When the server cannot be reached or refuses, or when a setting cannot be right.
    pub async fn connect(self) -> Result<RedisStore, ConnectError> {
        let Self { server, prefix, name_key, timeout, clock } = self;
        let fits = |letter: u8| letter.is_ascii_alphanumeric() || b"-_.:".contains(&letter);
        if !(1..=64).contains(&prefix.len()) || !prefix.bytes().all(fits) {
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
