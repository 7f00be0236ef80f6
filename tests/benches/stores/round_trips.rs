//! Time of a start, a verify and a guarded request, one after the other, with and without a delay to the server.

use std::time::Duration;

use mfakit::Mfa;
use mfakit_redis::RedisStore;

use crate::{
    ceremony::{self, Ceremony, FIRST, STEPS, times},
    gate::{Gate, Proxy},
    link::Link,
    server::RedisServer,
};

/// Ceremonies whose times are measured.
const CEREMONIES: u32 = 1_000;
/// Ceremonies whose commands and round trips are counted.
const COUNTED: u32 = 3;

pub(crate) async fn print() {
    let server = RedisServer::start().await;
    println!("\n{:<42} {:>12} {:>9}", "Redis", "round trips", "commands");
    let counted = counts(&server).await;
    for ((_, name), (round_trips, commands)) in STEPS.iter().zip(counted) {
        println!("{name:<42} {round_trips:>12} {commands:>9}");
    }
    println!("\n{:<42} {:>12} {:>9}", "Redis, time added to a round trip", "p50, us", "p99, us");
    for (name, added) in [("none", Duration::ZERO), ("1 ms", Duration::from_millis(1))] {
        let port = Link::to(server.port(), added / 2).port();
        let times = times(&engine(format!("redis://127.0.0.1:{port}")).await, CEREMONIES).await;
        for ((_, step), times) in STEPS.iter().zip(&times) {
            let (p50, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
            println!("{:<42} {:>12} {:>9}", format!("{step}, {name}"), p50.as_micros(), p99.as_micros());
        }
        server.cli(&["flushdb"]);
    }
}

async fn engine(url: String) -> Mfa {
    ceremony::engine(RedisStore::connect(url).await.unwrap())
}

/// Returns the round trips and the commands of each step.
async fn counts(server: &RedisServer) -> [(u32, u64); 3] {
    let gate = Gate::default();
    let proxy = Proxy::listen(&gate).await;
    let url = proxy.url();
    proxy.lead_to(server.port());
    let mfa = engine(url).await;
    let mut counted = [(0, 0); 3];
    for user in 0..FIRST + COUNTED {
        let mut ceremony = Ceremony::of(&mfa, user);
        for (at, (step, _)) in STEPS.into_iter().enumerate() {
            server.cli(&["config", "resetstat"]);
            let ((), round_trips) = gate.count(ceremony.run(step)).await;
            let now = (round_trips, commands(server));
            assert!(user <= FIRST || counted[at] == now, "every ceremony takes the same steps");
            counted[at] = now;
        }
    }
    server.cli(&["flushdb"]);
    counted
}

/// Returns the number of commands that clients sent since the statistics were reset.
fn commands(server: &RedisServer) -> u64 {
    let stats = server.cli(&["info", "commandstats"]);
    let calls = |wanted: &str| {
        stats.lines().find_map(|line| {
            let (command, calls) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
            (command == wanted).then(|| calls.split_once(',')?.0.parse::<u64>().ok())?
        })
    };
    // A script itself calls `HGET` too.
    calls("evalsha").or(calls("hget")).unwrap_or_default()
}
