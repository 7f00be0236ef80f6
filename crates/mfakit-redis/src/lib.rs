//! Store of mfakit for apps with several instances, on [Redis](https://redis.io): a single server, a Cluster, or the
//! primary that Sentinel announces.
//!
//! ```no_run
//! # async fn example() -> Result<(), mfakit_redis::ConnectError> {
//! use mfakit_redis::RedisStore;
//!
//! let store = RedisStore::connect("rediss://mfakit:password@redis.example:6380/0").await?;
//! # Ok(())
//! # }
//! ```
//!
//! Pass it to the builder of `Mfa` as `.store(store)`, with a `.secret(..)` that all instances share.
//!
//! # Behavior
//!
//! 1. A guarded request is one `HGET` on one multiplexed connection, or one `HGETALL` of the user's grants if the route is
//!    bound to an action. The app compares the times.
//! 2. Every write is one script, in one slot, by the server's own clock, so instances whose clocks differ
//!    agree on expiry. Scripts are sent once and called by their hash. They are sent again to a server that
//!    has lost them.
//! 3. Keys are hashes of fixed length under a prefix, and contain no user, number or address. A user has
//!    up to five keys in one slot: `…:{hash}:u` for counts and challenges, `…:{hash}:g` for grants, `…:{hash}:x` for an
//!    hour or so after a success, `…:{hash}:a` for kept actions, with what the app writes into them, and `…:{hash}:c` for
//!    approvals that were consumed. Each budget has one key (`…:{hash}:e`), and so has a number that completed a challenge
//!    (`…:{hash}:d`).
//! 4. Every key expires an hour after nothing in it counts, except the key of a disabled user, who stays
//!    disabled until the app unlocks them. Expiry only sweeps: validity is decided by times in the records. A
//!    rejected start leaves no key, and a budget loses its key as soon as everything in it was given back.
//!    The guide's page on stores lists every kind of key, with its lifetime and its size.
//! 5. Every call is bounded in time (by default two seconds for an answer and two for a connection). A
//!    command that may have taken effect is never sent again.
//!
//! # Round trips
//!
//! An answer waits for this many round trips. Commands of one round trip are sent together, on a Cluster to several nodes.
//!
//! | request | round trips | commands |
//! |---|---|---|
//! | guarded | 1 | 1 |
//! | rejected, and its action kept | 2 | 2 |
//! | start, to a number that completed a challenge in the last 90 days | 3 | 5 |
//! | start, to any other number | 4 | 7 |
//! | verify | 2 | 4 for the right code, 3 for a wrong one |
//! | the right code once more | 1 | 1 |
//!
//! The order of these steps is part of the guarantees: the user's own limits before the shared ones, every count before
//! Bandwidth is called, and the grant after it.
//!
//! # Failures
//!
//! | Redis | effect |
//! |---|---|
//! | cannot be reached, does not answer, requires another password, or is loading its data at start | every request that needs it is rejected with 503 |
//! | is full (`OOM`) | grants are read, used and revoked; starts, verifies and new actions are rejected with 503 |
//! | has too few replicas that acknowledge in time, and the store [waits](RedisStoreBuilder::wait_for_replicas) for them | grants are read; what is counted, used or revoked meanwhile is an error, and stays so; requests are rejected with 503 |
//! | is a replica, or lacks the replicas that it requires | grants are read; starts, verifies and uses of a one-time grant are rejected with 503 |
//! | has lost the scripts | they are sent again; no request fails |
//! | holds records that cannot be read: of another type, another version, or with a count missing | requests of that user are rejected with 503, and the record stays as it is; a challenge without its count of attempts is over |
//!
//! The store fails closed: no request passes, the provider is not called, and no request waits for long. Once
//! connected, the store reconnects automatically on the next request after Redis has recovered. A write whose
//! answer was lost may have taken effect. It is an error all the same, and what it counted stays counted.
//! Revoking ends grants even if the rest of the user's records cannot be read, and reports that.
//!
//! # Versions
//!
//! Records of version 1 are not bound to an action. A bound grant and a kept action have version 2, and the fields of bound
//! records begin with `~`. An instance of a release that reads version 1 only never accepts one of them. Each of its
//! revocations of a user ends all bound grants and challenges of that user. It continues to serve the user's unbound scopes,
//! but cannot list the user's grants and challenges until the bound ones have ended.
//!
//! # Running Redis
//!
//! - **No eviction.** `maxmemory-policy noeviction`, in a dedicated database or server: an evicted key is a
//!   forgotten lock. The policies that evict only keys with an expiry (`volatile-…`) evict locks and counts as well,
//!   because almost all keys have one. A full server then rejects writes, and so does mfakit.
//! - **Persistence.** `appendonly yes`. Without it a restart forgets locks, counts, challenges and grants. No
//!   request passes because of that, but an attacker gets fresh attempts.
//! - **TLS and a dedicated user**: `rediss://user:password@host`, with one of the features under
//!   [TLS](#tls). Permissions of the
//!   user: `ACL SETUSER mfakit on >password ~mfakit:* +ping +time +hget +hgetall +hset +hdel +pexpire
//!   +persist +eval +evalsha`, on a Cluster `+cluster|slots +asking` too, with Sentinel `+role`, with
//!   [`wait_for_replicas`](RedisStoreBuilder::wait_for_replicas) `+wait`, and `+info` for the check at start.
//! - **Primaries only.** A replica may not have received a revocation yet. Connect to the primary, or to the
//!   Cluster. A replica rejects every write, and the check at start reports it.
//!
//! - **Clocks.** Redis's clock decides when records are written and when challenges, locks and budgets end.
//!   The instance that reads a grant decides whether it is still valid. An instance whose clock is behind by
//!   more than the policy's skew rejects new grants, and extends old ones by the difference. `Retry-After` is
//!   off by the difference too. Keep all clocks synchronized by NTP.
//!
//! - **One prefix for each group of users.** Keys name users by their IDs. Two apps that share a server need
//!   a [`prefix`](RedisStoreBuilder::prefix) each, and so do two engines of one app whose users have their
//!   own IDs (customer `1`, administrator `1`). Otherwise they lock and count each other's users.
//!
//! [`RedisStore::connect`] checks all of these except the prefix, and logs a warning (target `mfakit`) for
//! each that does not hold. It also warns if the URL is `redis://` to another machine, which sends the
//! password and all records in plain text.
//!
//! # Servers and connections
//!
//! | constructor | servers |
//! |---|---|
//! | [`connect`](RedisStore::connect), [`builder`](RedisStore::builder) | one server, by TCP, TLS or a Unix socket |
//! | `cluster`, behind the feature `cluster` | a Cluster, by some of its nodes |
//! | `sentinel`, behind the feature `sentinel` | the primary that the sentinels announce, also after a failover |
//! | [`with_connection`](RedisStore::with_connection), [`with_pool`](RedisStore::with_pool) | the app's own connection or pool, of the `redis` crate, version 1 |
//!
//! # TLS
//!
//! No TLS is compiled in by default. These features add it. If several are on, the first of them applies.
//!
//! | feature | TLS |
//! |---|---|
//! | `rustls-aws-lc-rs` | rustls with aws-lc-rs |
//! | `rustls-ring` | rustls with ring |
//! | `native-tls` | that of the system: OpenSSL on Linux |
//! | `rustls-no-provider` | rustls with the provider that the process has installed, or else with one that another crate of the app compiled into rustls |
//!
//! Nothing is installed for the whole process. The server's certificate must be one that this machine trusts, or that
//! the file in the environment variable `SSL_CERT_FILE` contains, or that of an authority in
//! [`certificate_authorities`](RedisStoreBuilder::certificate_authorities).
//! [`client_certificate`](RedisStoreBuilder::client_certificate) identifies the app. For any other configuration of
//! TLS, open the connections in the app. Certificate checks cannot be switched off.
//!
//! # Losses
//!
//! Replication is asynchronous: if a primary fails just after it answered, its successor may lack the last
//! writes. The consequences, and their bounds:
//!
//! | lost | then | bounded by |
//! |---|---|---|
//! | a counted attempt or failure | one more guess for each | Bandwidth's own limit per number; a challenge lives five minutes |
//! | a counted send | one more message for each | the other budgets |
//! | a consumed challenge | the code can be entered once more, in the same session | the code's lifetime |
//! | a consumed one-time grant | it can be used once more, by the same session and cookie | the scope's lifetime |
//! | a revocation | the grant is valid again | the scope's lifetime; the session, which the app has ended |
//! | a grant, or a kept action | the user enters a code again | |
//!
//! [`wait_for_replicas`](RedisStoreBuilder::wait_for_replicas) rejects a request unless replicas have what its verb
//! counted or ended. It sends `WAIT` after those writes.
//!
//! ## Figures
//!
//! This command kills or suspends a primary with 1,000 ceremonies in flight, and counts what its successor lacks of what the
//! primary had acknowledged:
//!
//! ```console
//! $ cargo bench --profile dev -p mfakit-tests --features redis --bench promotion
//! ```
//!
//! Each figure is the median of three runs, and the maximum in parentheses, on two cores that other programs used as well.
//! The replicas follow by links with a delay in each direction, which lose what is in transit when the primary is killed,
//! as if its machine had failed. The sentinel calls a server down after a second. A rejected client begins again after
//! 100 ms. *Uses* are grants for one use that passed twice. *Verbs per second* are those before the failure.
//!
//! | fails | replicas, ms away | waits for | uses | revocations | grants | attempts | sends | rejected | first success, s | verbs per second |
//! |---|---|---|---|---|---|---|---|---|---|---|
//! | primary, killed | 0 | – | 0 (0) | 0 (0) | 0 (0) | 0 (0) | 0 (0) | 8548 (8940) | 2.5 (2.6) | 1442 |
//! | primary, killed | 0 | 1 | 0 (0) | 0 (0) | 0 (0) | 0 (0) | 0 (0) | 8256 (9289) | 2.8 (3.0) | 1387 |
//! | primary, killed | 100 | – | 23 (56) | 15 (43) | 17 (56) | 59 (110) | 18 (34) | 7788 (10012) | 2.1 (2.3) | 1556 |
//! | primary, killed | 100 | 1 | 0 (0) | 0 (0) | 0 (0) | 0 (0) | 0 (0) | 4650 (6325) | 3.2 (3.9) | 723 |
//! | primary, killed | 0, 100 | 1 | 0 (0) | 0 (0) | 0 (0) | 0 (0) | 0 (0) | 5629 (7239) | 2.4 (2.6) | 923 |
//! | primary, killed | 0, 100 | 2 | 0 (0) | 0 (0) | 0 (0) | 0 (0) | 0 (0) | 4653 (6198) | 3.5 (3.6) | 664 |
//! | primary and nearest replica, killed | 0, 100 | 1 | 0 (63) | 0 (68) | 0 (44) | 0 (0) | 0 (3) | 10795 (10832) | 2.7 (2.7) | 2096 |
//! | primary and nearest replica, killed | 0, 100 | 2 | 0 (0) | 0 (0) | 0 (0) | 0 (0) | 0 (0) | 9217 (15367) | 2.7 (3.0) | 1203 |
//! | primary, suspended until replaced | 0 | – | 200 (200) | 0 (0) | 0 (0) | 0 (0) | 0 (0) | 1000 (1312) | 3.1 (3.1) | 2836 |
//! | primary, suspended until replaced | 0 | –, min-replicas-to-write 1 | 0 (1) | 0 (0) | 0 (0) | 0 (0) | 0 (0) | 20985 (28586) | 13.7 (15.4) | 1467 |
//! | primary, suspended until replaced | 0 | 1 | 0 (0) | 0 (0) | 0 (0) | 0 (0) | 0 (0) | 6979 (7551) | 12.5 (12.9) | 1830 |
//!
//! - The number of losses is that of the writes in transit. A near replica is rarely behind, which is no guarantee.
//! - While the primary was suspended, another instance kept 200 grants. It made no call, so its connection still led to the
//!   former primary. There, it used the grants that passed once more on the successor.
//! - A store that waits needs one round trip to the replicas more for each write. Writes in flight share it.
//!
//! ## What remains
//!
//! `WAIT` is not a consensus. With it:
//!
//! - **Waiting for all replicas rejects requests while one is missing**, and after a promotion until another has joined.
//! - **Waiting for fewer can lose writes:** Sentinel may promote a replica that did not acknowledge.
//! - **Persist.** A primary that restarts without its data before the sentinels notice empties its replicas.
//! - **An error undoes nothing.** A verb that too few replicas have acknowledged may have taken effect: a grant may be
//!   consumed, and a count stays counted. It may also be lost later.
//! - **Other writes do not wait:** opening a challenge, releasing a count, unlocking a user, and keeping an action. If one is
//!   lost, the user enters a code again or stays locked.
//! - **Reads do not wait.** A primary that hung and continues answers for some ten seconds, until Sentinel demotes it. An
//!   instance that is still connected to it reads grants that were revoked elsewhere. Without
//!   [`wait_for_replicas`](RedisStoreBuilder::wait_for_replicas), the former primary also accepts its writes, and loses them.
//!
//! If a use must never pass twice, keep the records in a database that commits to several machines.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

// Vocabulary.
mod action_record;
mod arguments;
mod error;
mod names;
mod place;
mod record;
mod target;

// Connections.
#[cfg(feature = "cluster")]
mod cluster;
mod dial;
mod node;
mod origin;
mod own;
mod replicated;
mod scripts;
#[cfg(feature = "sentinel")]
mod sentinel;
mod single;
#[cfg(feature = "cluster")]
mod slots;

mod connection;
mod inspect;
mod probe;
mod servers;

// The store.
mod builder;
mod database;
mod store;
mod verbs;

pub use builder::RedisStoreBuilder;
pub use error::ConnectError;
pub use store::RedisStore;
