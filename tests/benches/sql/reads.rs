//! The cost of a guarded request, compared with the bare `SELECT` on the same pool.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{StreamExt, future::join_all, stream};
use mfakit::{Clock, LoginId, MfaStore, Scope, SystemClock, UserId, store::Key};
use mfakit_sqlx::{Pool, SqlStore};

use crate::{database::Database, grants, world};

/// Users with a live grant.
const USERS: usize = 1_000;
const ROUNDS: usize = 40;
/// Reads of a round, in sequence and in flight together.
const READS: [usize; 2] = [250, 1_280];
const IN_FLIGHT: usize = 32;

/// The read of the guard, with its columns and without the secrets that it knows.
const BARE: &str = "SELECT id, version, grants FROM mfakit_users WHERE id = $1";

type Columns = (Vec<u8>, i64, Option<Vec<u8>>);

struct Reads {
    store: SqlStore,
    pool: Pool,
    logins: Vec<(UserId, LoginId)>,
    ids: Vec<Vec<u8>>,
    scope: Scope,
}

#[derive(Clone, Copy)]
enum Reader {
    Store,
    Bare,
}

const READERS: [Reader; 2] = [Reader::Store, Reader::Bare];

pub(crate) async fn print(database: &Database) {
    let reads = Arc::new(Reads::of(database).await);
    let name = database.name();
    let [ours, bare] = reads.in_sequence().await;
    println!("{:<64} {:>12.1}", format!("{name}: read in sequence, p50, us"), micros(ours));
    println!("{:<64} {:>12.1}", "  bare SELECT", micros(bare));
    let ratio = micros(ours) / micros(bare);
    println!("{:<64} {ratio:>12.3}", "  time against the bare SELECT (asked: at most 1.1)");
    let [ours, bare] = reads.in_flight().await;
    let a_second = |took: Duration| READS[1] as f64 / took.as_secs_f64();
    println!("{:<64} {:>12.0}", format!("{name}: reads a second, {IN_FLIGHT} in flight"), a_second(ours));
    println!("{:<64} {:>12.0}", "  bare SELECT", a_second(bare));
    let ratio = a_second(ours) / a_second(bare);
    println!("{:<64} {ratio:>12.3}", "  throughput against the bare SELECT (asked: at least 0.85)");
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

impl Reads {
    async fn of(database: &Database) -> Self {
        let pool = database.pool().await;
        let (store, scope) = (world::store(pool.clone()).await, Scope::new("transfer").unwrap());
        let logins: Vec<_> =
            (0..USERS).map(|user| (UserId::from(user.to_string()), LoginId::random())).collect();
        stream::iter(&logins)
            .map(|(user, login)| grants::grant(&store, Key::unbound(user, login, &scope), SystemClock.now()))
            .buffer_unordered(IN_FLIGHT)
            .collect::<()>()
            .await;
        let ids = "SELECT id FROM mfakit_users";
        let ids: Vec<Vec<u8>> = match &pool {
            Pool::Sqlite(pool) => sqlx::query_scalar(ids).fetch_all(pool).await.unwrap(),
            Pool::Postgres(pool) => sqlx::query_scalar(ids).fetch_all(pool).await.unwrap(),
            _ => unreachable!("a pool of another database"),
        };
        assert_eq!(ids.len(), USERS);
        Self { store, pool, logins, ids, scope }
    }

    /// Reads in turn with each reader, and returns the medians of the times of one read.
    async fn in_sequence(&self) -> [Duration; 2] {
        let mut times = [const { Vec::new() }; 2];
        for round in 0..ROUNDS {
            for (reader, times) in READERS.into_iter().zip(&mut times) {
                for read in 0..READS[0] {
                    let start = Instant::now();
                    self.read(reader, round * READS[0] + read).await;
                    times.push(start.elapsed());
                }
            }
        }
        times.map(median)
    }

    /// Reads in turn with each reader, and returns the medians of the times of one round.
    async fn in_flight(self: &Arc<Self>) -> [Duration; 2] {
        let mut times = [const { Vec::new() }; 2];
        for _ in 0..ROUNDS {
            for (reader, times) in READERS.into_iter().zip(&mut times) {
                let start = Instant::now();
                let tasks = (0..IN_FLIGHT).map(|task| {
                    let reads = self.clone();
                    tokio::spawn(async move {
                        for read in (task..READS[1]).step_by(IN_FLIGHT) {
                            reads.read(reader, read).await;
                        }
                    })
                });
                join_all(tasks).await.into_iter().for_each(Result::unwrap);
                times.push(start.elapsed());
            }
        }
        times.map(median)
    }

    async fn read(&self, reader: Reader, at: usize) {
        match reader {
            Reader::Store => {
                let (user, login) = &self.logins[at % USERS];
                let found = self.store.grant(Key::unbound(user, login, &self.scope)).await.unwrap();
                assert!(found.is_some());
            }
            Reader::Bare => {
                let id = self.ids[at % USERS].as_slice();
                let (_, _, grants): Columns = match &self.pool {
                    Pool::Sqlite(pool) => sqlx::query_as(BARE).bind(id).fetch_one(pool).await.unwrap(),
                    Pool::Postgres(pool) => sqlx::query_as(BARE).bind(id).fetch_one(pool).await.unwrap(),
                    _ => unreachable!("a pool of another database"),
                };
                assert!(grants.is_some());
            }
        }
    }
}
