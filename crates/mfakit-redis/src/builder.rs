//! Settings of a store before it connects.

use std::{error::Error, time::Duration};

use mfakit_core::{Clock, Secret, adapter::Certificates};
use redis::aio::ConnectionLike;

use crate::{
    error::ConnectError,
    inspect::inspect,
    names::Names,
    own::{Pool, Shared},
    replicated::ReplicaWait,
    servers::Servers,
    store::RedisStore,
};

impl RedisStore {
    /// Connects to a single server, with the default settings of [`RedisStoreBuilder`].
    ///
    /// # Errors
    ///
    /// Returns an error if the URL is not valid, or if the server cannot be reached or rejects the credentials.
    pub async fn connect(url: impl Into<String>) -> Result<Self, ConnectError> {
        Self::builder(url).connect().await
    }

    /// Returns a builder for a store on a single server.
    ///
    /// | URL | connection |
    /// |---|---|
    /// | `redis://user:password@host:6379/0` | TCP |
    /// | `rediss://user:password@host:6379/0` | TCP with TLS, which requires one of the features for it |
    /// | `redis+unix:///run/redis.sock?db=0&user=user&pass=password` | Unix socket |
    ///
    /// The user, the password, the port and the database can be left out.
    pub fn builder(url: impl Into<String>) -> RedisStoreBuilder {
        RedisStoreBuilder::new(Servers::Single(url.into()))
    }

    /// Returns a builder for a store on a Redis Cluster, with the URLs of some of its nodes. The user, the password and
    /// TLS of the first URL apply to all nodes, also to those that the Cluster announces. Another URL with another scheme,
    /// user or password is an error.
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
    #[cfg(feature = "cluster")]
    pub fn cluster<U: Into<String>>(urls: impl IntoIterator<Item = U>) -> RedisStoreBuilder {
        RedisStoreBuilder::new(Servers::Cluster(urls.into_iter().map(Into::into).collect()))
    }

    /// Returns a builder for a store on the primary that Redis Sentinel announces, with the URLs of the sentinels.
    ///
    /// The last URL is that of the primary, with its *name* as the host and without a port. Its user, password,
    /// database and TLS apply to every server that the sentinels announce. After a failover the store connects to the
    /// new primary.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), mfakit_redis::ConnectError> {
    /// use mfakit_redis::RedisStore;
    ///
    /// let sentinels = ["redis://sentinel-1.example:26379", "redis://sentinel-2.example:26379"];
    /// let store = RedisStore::sentinel(sentinels, "redis://mfakit:password@mymaster/0").connect().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "sentinel")]
    pub fn sentinel<U: Into<String>>(
        sentinels: impl IntoIterator<Item = U>,
        url: impl Into<String>,
    ) -> RedisStoreBuilder {
        let sentinels = sentinels.into_iter().map(Into::into).collect();
        RedisStoreBuilder::new(Servers::Sentinel { sentinels, url: url.into() })
    }

    /// Returns a builder for a store on a connection of the app, such as a `ConnectionManager`, a
    /// `MultiplexedConnection` or a `ClusterConnection` of the `redis` crate, version 1.
    ///
    /// The connection must lead to primaries, and must not send a command again that may have taken effect. A
    /// `ClusterConnection` does so unless its `retries` are 0.
    ///
    /// ```no_run
    /// # async fn example(client: redis::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// use mfakit_redis::RedisStore;
    ///
    /// let connection = client.get_multiplexed_async_connection().await?;
    /// let store = RedisStore::with_connection(connection).connect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_connection<C>(connection: C) -> RedisStoreBuilder
    where
        C: ConnectionLike + Clone + Send + Sync + 'static,
    {
        RedisStoreBuilder::new(Servers::Own(Box::new(Shared(connection))))
    }

    /// Returns a builder for a store on a pool of the app. `take` takes a connection from the pool for each command.
    ///
    /// The connections must be those of the `redis` crate, version 1. [`with_connection`](Self::with_connection) states
    /// what else they must do.
    ///
    /// ```no_run
    /// # use redis::{RedisResult, aio::MultiplexedConnection};
    /// # #[derive(Clone)]
    /// # struct Pool(redis::Client);
    /// # impl Pool {
    /// #     async fn get(&self) -> RedisResult<MultiplexedConnection> {
    /// #         self.0.get_multiplexed_async_connection().await
    /// #     }
    /// # }
    /// # async fn example(pool: Pool) -> Result<(), mfakit_redis::ConnectError> {
    /// use mfakit_redis::RedisStore;
    ///
    /// let store = RedisStore::with_pool(pool, async |pool: Pool| pool.get().await).connect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_pool<P, F, T, C, E>(pool: P, take: F) -> RedisStoreBuilder
    where
        P: Clone + Send + Sync + 'static,
        F: Fn(P) -> T + Send + Sync + 'static,
        T: Future<Output = Result<C, E>> + Send + 'static,
        C: ConnectionLike + Send + 'static,
        E: Into<Box<dyn Error + Send + Sync>> + 'static,
    {
        RedisStoreBuilder::new(Servers::Own(Box::new(Pool { pool, take })))
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
/// | [`wait_for_replicas`](Self::wait_for_replicas) | none: only the primary has a write when its answer arrives |
/// | [`certificate_authorities`](Self::certificate_authorities) | those that this machine trusts |
/// | [`client_certificate`](Self::client_certificate) | none |
#[derive(Debug)]
#[must_use]
pub struct RedisStoreBuilder {
    servers: Servers,
    certificates: Certificates,
    prefix: String,
    name_key: Option<Secret>,
    timeout: Duration,
    wait: Option<ReplicaWait>,
    clock: Option<Box<dyn Clock>>,
}

impl RedisStoreBuilder {
    pub(crate) fn new(servers: Servers) -> Self {
        let prefix = "mfakit".to_owned();
        let certificates = Certificates::default();
        let timeout = Duration::from_secs(2);
        Self { servers, certificates, prefix, name_key: None, timeout, wait: None, clock: None }
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

    /// Lets the verbs that count or end something wait until this many replicas have it, for this time at most: from 1
    /// millisecond to half of the [`timeout`](Self::timeout).
    ///
    /// These verbs reserve a send or an attempt, redeem a challenge, consume a grant, and revoke grants. If fewer replicas
    /// acknowledge in time, the verb is an error, and the request is rejected with 503. What it did stays.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), mfakit_redis::ConnectError> {
    /// use std::time::Duration;
    /// use mfakit_redis::RedisStore;
    ///
    /// let sentinels = ["redis://sentinel-1.example:26379", "redis://sentinel-2.example:26379"];
    /// let store = RedisStore::sentinel(sentinels, "redis://mfakit:password@mymaster/0")
    ///     .wait_for_replicas(1, Duration::from_millis(500))
    ///     .connect()
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The writes of these verbs have a connection of their own to each primary, and share the command `WAIT`, which the
    /// user's permissions must include (`+wait`). [Losses](crate#losses) has the figures, and what remains.
    pub const fn wait_for_replicas(mut self, replicas: u32, timeout: Duration) -> Self {
        self.wait = Some(ReplicaWait { replicas, timeout });
        self
    }

    /// Sets the certificate authorities that are trusted instead of those of this machine, in PEM form, for `rediss://`.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use mfakit_redis::RedisStore;
    ///
    /// let store = RedisStore::builder("rediss://mfakit:password@redis.example:6380/0")
    ///     .certificate_authorities(std::fs::read("/etc/redis/ca.pem")?)
    ///     .client_certificate(std::fs::read("/etc/redis/client.pem")?, std::fs::read("/etc/redis/client.key")?)
    ///     .connect()
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn certificate_authorities(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.certificates.authorities = Some(pem.into());
        self
    }

    /// Sets the certificate that identifies this client, followed by its intermediate certificates, and its private
    /// key in PKCS #8 form. Both are PEM.
    pub fn client_certificate(mut self, chain: impl Into<Vec<u8>>, key: impl Into<Vec<u8>>) -> Self {
        self.certificates.client = Some((chain.into(), key.into()));
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
        let Self { servers, certificates, prefix, name_key, timeout, wait, clock } = self;
        let is_allowed = |letter: u8| letter.is_ascii_alphanumeric() || b"-_.:".contains(&letter);
        if !(1..=64).contains(&prefix.len()) || !prefix.bytes().all(is_allowed) {
            return Err(ConnectError::Prefix { prefix });
        }
        if !(Duration::from_millis(10)..=Duration::from_secs(3)).contains(&timeout) {
            return Err(ConnectError::Timeout);
        }
        if wait.is_some_and(|wait| !wait.fits(timeout)) {
            return Err(ConnectError::Replicas);
        }
        let (connection, targets) = servers.connect(&certificates, timeout, wait).await?;
        inspect(&connection, &targets, wait).await;
        Ok(RedisStore::new(connection, Names::new(prefix, name_key), clock))
    }
}
