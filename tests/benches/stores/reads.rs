//! The cost of a guarded request on Redis, compared with a raw `GET`.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use mfakit::{LoginId, MfaStore, Scope, Timestamp, UserId, store::Key};
use mfakit_redis::RedisStore;
use redis::{AsyncCommands, IntoConnectionInfo, aio::MultiplexedConnection};

use crate::{grants, server::RedisServer};

const READS: usize = 20_000;
const ROUNDS: usize = 15;
const IN_FLIGHT: usize = 32;

struct World {
    store: RedisStore,
    raw: MultiplexedConnection,
    user: UserId,
    login: LoginId,
    scope: Scope,
}

pub(crate) async fn print() {
    let server = RedisServer::start().await;
    let mut world = World {
        store: RedisStore::connect(server.url()).await.unwrap(),
        raw: raw_client(&server.url()).get_multiplexed_async_connection().await.unwrap(),
        user: UserId::from("user-1"),
        login: LoginId::random(),
        scope: Scope::new("transfer").unwrap(),
    };
    world.grant().await;
    println!("{:<64} {:>12}", "Redis: commands of a guarded request", world.commands().await);
    let (ours, raw) = world.take_turns(IN_FLIGHT, READS).await;
    row("Redis: reads a second, 32 in flight", ours, raw, READS);
    println!("{:<64} {:>12.3}", "  throughput against raw GET (asked: at least 0.85)", raw / ours);
    let (ours, raw) = world.take_turns(1, READS / 10).await;
    row("Redis: reads a second, one after the other", ours, raw, READS / 10);
    println!("{:<64} {:>12.3}", "  latency against raw GET (asked: at most 1.05)", ours / raw);
}

/// Opens a connection with the settings of the store's, so that only the commands differ.
fn raw_client(url: &str) -> redis::Client {
    let server = url.into_connection_info().unwrap();
    let tcp = redis::io::tcp::TcpSettings::default().set_nodelay(true);
    redis::Client::open(server.set_tcp_settings(tcp)).unwrap()
}

fn row(what: &str, ours: f64, raw: f64, reads: usize) {
    let a_second = |took: f64| reads as f64 / took;
    println!("{what:<64} {:>12.0}", a_second(ours));
    println!("{:<64} {:>12.0}", "  raw GET", a_second(raw));
}

impl World {
    fn key(&self) -> Key<'_> {
        Key::unbound(&self.user, &self.login, &self.scope)
    }

    /// Reads through the store and raw in turn. Returns the medians of the times of a round, in seconds.
    async fn take_turns(&self, in_flight: usize, reads: usize) -> (f64, f64) {
        let (mut ours, mut raw) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            ours.push(self.ours(in_flight, reads).await);
            raw.push(self.raw(in_flight, reads).await);
        }
        (median(ours), median(raw))
    }

    async fn ours(&self, in_flight: usize, reads: usize) -> Duration {
        let begun = Instant::now();
        stream::iter(0..reads)
            .map(|_| async { assert!(self.store.grant(self.key()).await.unwrap().is_some()) })
            .buffer_unordered(in_flight)
            .collect::<()>()
            .await;
        begun.elapsed()
    }

    async fn raw(&self, in_flight: usize, reads: usize) -> Duration {
        let begun = Instant::now();
        stream::iter(0..reads)
            .map(|_| {
                let mut raw = self.raw.clone();
                async move { assert!(raw.get::<_, Option<Vec<u8>>>("raw").await.unwrap().is_some()) }
            })
            .buffer_unordered(in_flight)
            .collect::<()>()
            .await;
        begun.elapsed()
    }

    /// Returns the number of commands that the server counts for a read, averaged over a thousand reads.
    async fn commands(&mut self) -> f64 {
        let before = self.calls().await;
        for _ in 0..1000 {
            self.store.grant(self.key()).await.unwrap();
        }
        let after = self.calls().await;
        // The count itself is a command too.
        (after - before - 1) as f64 / 1000.0
    }

    async fn calls(&mut self) -> u64 {
        let info: redis::InfoDict = redis::cmd("INFO").arg("stats").query_async(&mut self.raw).await.unwrap();
        info.get("total_commands_processed").unwrap()
    }

    async fn grant(&mut self) {
        grants::grant(&self.store, self.key(), Timestamp::from_millis(now())).await;
        // As many bytes as a grant has, so that both read the same amount.
        let () = self.raw.set("raw", vec![b'x'; 100]).await.unwrap();
    }
}

fn now() -> u64 {
    use mfakit::{Clock, SystemClock};
    SystemClock.now().as_millis()
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}
