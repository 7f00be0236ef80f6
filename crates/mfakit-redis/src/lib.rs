//! The store of mfakit for apps on several instances: [Redis](https://redis.io), a single server or a Cluster.
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
//! Give it to the builder of `Mfa` as `.store(store)`, with a `.secret(..)` that all instances share.
//!
//! # What it does
//!
//! 1. A guarded request is one `HGET` on one multiplexed connection, judged by the app.
//! 2. Whatever writes is one script, in one slot, by the server's own clock: instances whose clocks differ agree on what
//!    is over. Scripts are sent once and called by their hash; a server that has forgotten them is sent them again.
//! 3. Keys are hashes of fixed length under a prefix; no user, number or address stands in one. Three belong to a user
//!    (`…:{hash}:u`, `…:{hash}:g` and, for an hour or so after a success, `…:{hash}:x`, in one slot), one to each budget
//!    (`…:b:hash`).
//! 4. Every key goes away by itself an hour after nothing in it counts, but for the key of a user who is disabled, who
//!    stays so until the app unlocks them. Expiry is sweeping and never the judge: times are written down and compared.
//!    A start that is rejected leaves no key, and a budget of which everything was given back loses its key at once.
//! 5. Every call is bounded in time (two seconds for an answer and two for a connection, unless said otherwise), and no
//!    command is sent twice that may have taken effect.
//!
//! # What each failure does
//!
//! | Redis | then |
//! |---|---|
//! | cannot be reached, is silent, wants another password, or starts and reads what it wrote down | every request that needs it is refused with 503 |
//! | is full (`OOM`), a replica, or without the replicas that it wants | grants are read; starts, verifies and uses of a grant for one use are refused with 503 |
//! | has forgotten the scripts | they are sent again; nobody notices |
//! | holds what cannot be read: of another type, another version, or with a count missing | whoever it is about is refused with 503, and it stays as it is; a challenge without its count of attempts is over |
//!
//! Nobody is let in, the provider is not asked, and no request waits for long. Once connected, the store finds its way back
//! by itself, on the next request after Redis is well. A write whose answer was not heard may have taken effect; it is an
//! error all the same, and what it counted stays counted. Revoking ends grants even where the rest of what is kept of the
//! user cannot be read, and says that it could not be.
//!
//! # How to run Redis for it
//!
//! - **No eviction.** `maxmemory-policy noeviction`, in a database or server of its own: an evicted key is a forgotten
//!   lock. A full server then refuses, and so does mfakit.
//! - **Persistence.** `appendonly yes`. Without it a restart forgets locks, counts, challenges and grants; nobody is let
//!   in by that, but a guesser begins anew.
//! - **TLS and a user of its own**: `rediss://user:password@host`. The certificate has to be one that this machine trusts
//!   (or the file that the environment variable `SSL_CERT_FILE` names). What the user may do:
//!   `ACL SETUSER mfakit on >password ~mfakit:* +ping +time +hget +hgetall +hset +hdel +pexpire +persist +eval +evalsha`,
//!   on a Cluster `+cluster|slots +asking` too, and `+info` if the check at start is to see anything.
//! - **Primaries only.** A replica may not have heard of a revocation yet; connect to the primary, or to the Cluster. A
//!   replica that is connected to by mistake refuses every write, and the check at start says so.
//!
//! - **Clocks.** Redis's clock says what is written and when challenges, locks and budgets end. Whether a grant still
//!   counts is judged by the instance that reads it: one whose clock is behind by more than the policy's skew refuses new
//!   grants, and lets old ones live as much longer. `Retry-After` is off by the difference too. Keep all of them set by NTP.
//!
//! - **One prefix for each group of users.** Keys name users by their ids. Two apps that share a server, and two engines of
//!   one app whose users have ids of their own (customer `1`, administrator `1`), need a
//!   [`prefix`](RedisStoreBuilder::prefix) each, or they lock and count each other's users.
//!
//! [`RedisStore::connect`] looks at all of these but the prefix, and warns in the log (target `mfakit`) where it sees
//! otherwise: also if the URL is `redis://` to another machine, which sends the password and all records in plain text.
//!
//! # What Redis may lose
//!
//! Replication is asynchronous: a primary that fails just after it answered may be followed by a replica that has not heard
//! of the last writes. What that can mean, and what bounds it:
//!
//! | lost | then | bounded by |
//! |---|---|---|
//! | a counted attempt or failure | as many more guesses as were lost | Bandwidth's own limit per number; a challenge lives five minutes |
//! | a counted send | as many more messages as were lost | the other budgets |
//! | a consumed challenge | the code can be typed once more, by the same log-in | the code's lifetime |
//! | a consumed grant for one use | it can be used once more, by the same log-in and cookie | the scope's lifetime |
//! | a revocation | the grant stands again | the scope's lifetime; the session, which the app has ended |
//! | a grant | the person types a code again | |
//!
//! `WAIT` would not close this window (a write that some replica has heard of can be lost too), so it is not used.
#![forbid(unsafe_code)]

// Words.
mod error;
mod names;
mod record;

// The way to the server.
mod cluster;
mod scripts;
mod single;

mod connection;
mod inspect;

// The store.
mod builder;
mod store;

pub use builder::RedisStoreBuilder;
pub use error::ConnectError;
pub use store::RedisStore;
