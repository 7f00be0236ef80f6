//! One run: the primary fails while ceremonies are in flight, and the clients go on with its successor.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use mfakit_redis::{RedisStore, RedisStoreBuilder};

use crate::{
    audit::{Losses, losses},
    ceremony::{Ceremony, End},
    load::{CLIENTS, Load},
    replicas::Replicas,
    sentinel_server::wait,
};

/// Ceremonies that end before the primary fails in the first run, and how many more do so in each further one.
const BEFORE: (u64, u64) = (1_000, 130);
/// Grants that another instance keeps until the primary has a successor.
const KEPT: usize = 200;
/// Time that replicas have to acknowledge a write.
const WAIT: Duration = Duration::from_millis(500);

/// Setting of the runs for a row of the table.
#[derive(Clone, Copy)]
pub(crate) struct Setting {
    /// Delays of the links of the replicas, in milliseconds. The nearest is the first.
    pub(crate) delays: &'static [u64],
    /// Number of replicas that the store waits for.
    pub(crate) wait_for: u32,
    /// Options of the servers.
    pub(crate) options: &'static [&'static str],
    pub(crate) failure: Failure,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The primary is killed, and starts again without its data as a replica of its successor.
    Killed,
    /// The primary is killed together with its nearest replica.
    KilledWithNearest,
    /// The primary is suspended, and continues after a replica was promoted.
    Suspended,
}

/// Figures of a run.
pub(crate) struct Figures {
    pub(crate) losses: Losses,
    pub(crate) rejected: u64,
    pub(crate) first_success: Duration,
    /// Verbs per second before the failure.
    pub(crate) rate: f64,
}

pub(crate) async fn run(setting: Setting, number: usize) -> Figures {
    let delays: Vec<_> = setting.delays.iter().map(|delay| Duration::from_millis(*delay)).collect();
    let mut replicas = Replicas::start(&delays, setting.options).await;
    let store = Arc::new(waiting(&replicas, setting).connect().await.unwrap());
    let other = waiting(&replicas, setting).connect().await.unwrap();
    let mut kept = match setting.failure {
        Failure::Suspended => kept_grants(&other).await,
        Failure::Killed | Failure::KilledWithNearest => Vec::new(),
    };
    let load = Load::start(&store);
    let counts = load.counts.clone();
    let begun = Instant::now();
    counts.ceremonies(BEFORE.0 + BEFORE.1 * number as u64).await;
    let rate = counts.verbs() as f64 / begun.elapsed().as_secs_f64();

    match setting.failure {
        Failure::Killed => replicas.kill_primary(),
        Failure::KilledWithNearest => replicas.kill_primary_and_nearest(),
        Failure::Suspended => replicas.primary.pause(),
    }
    counts.note_failure();
    let successor = replicas.promoted().await;
    if setting.failure == Failure::Suspended {
        replicas.primary.resume();
        for ceremony in &mut kept {
            // The instance has made no call meanwhile, so its connections still lead to the former primary.
            let _ = ceremony.end(&other).await;
        }
    } else {
        replicas.restart_as_replica(successor).await;
    }
    wait(|| counts.ceremonies_after() >= CLIENTS as u64).await;
    let mut ceremonies = load.end().await;
    ceremonies.extend(kept);
    let losses = losses(&replicas.store().connect().await.unwrap(), &ceremonies).await;
    replicas.assert_one_promotion();
    Figures { losses, rejected: counts.rejected(), first_success: counts.first_success(), rate }
}

fn waiting(replicas: &Replicas, setting: Setting) -> RedisStoreBuilder {
    match setting.wait_for {
        0 => replicas.store(),
        number => replicas.store().wait_for_replicas(number, WAIT),
    }
}

/// Returns grants that all replicas have.
async fn kept_grants(store: &RedisStore) -> Vec<Ceremony> {
    let mut kept = Vec::new();
    for number in 0..KEPT {
        let mut ceremony = Ceremony::new(&format!("kept-{number}"), End::Keep);
        ceremony.run(store, |_| ()).await.unwrap();
        ceremony.end = End::Use;
        kept.push(ceremony);
    }
    kept
}
