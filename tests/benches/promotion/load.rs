//! Clients that run ceremonies, one after the other, before, during and after a promotion.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use mfakit::MfaStore;
use mfakit_redis::RedisStore;
use tokio::{sync::Notify, task::JoinSet};

use crate::{
    ceremony::{Ceremony, End, Step},
    kit::TestUser,
};

/// Clients, each with one ceremony in flight.
pub(crate) const CLIENTS: usize = 1_000;
/// Time after which a client whose request was rejected begins again.
const AGAIN_AFTER: Duration = Duration::from_millis(100);

/// Counts of all clients.
#[derive(Default)]
pub(crate) struct Counts {
    /// Time at which the primary failed.
    failed_at: OnceLock<Instant>,
    is_over: AtomicBool,
    verbs: AtomicU64,
    ceremonies: AtomicU64,
    ceremony_ended: Notify,
    rejected: AtomicU64,
    /// Time from the failure to the first success of a verb that began after it, in microseconds.
    first_success: OnceLock<Duration>,
    /// Ceremonies that began after the failure and ended with a success.
    ceremonies_after: AtomicU64,
}

impl Counts {
    pub(crate) fn note_failure(&self) {
        self.failed_at.set(Instant::now()).unwrap();
    }

    pub(crate) fn verbs(&self) -> u64 {
        self.verbs.load(Ordering::Relaxed)
    }

    /// Waits until this many ceremonies have ended. Returns as soon as the client of the last one has its answer.
    pub(crate) async fn ceremonies(&self, count: u64) {
        while self.ceremonies.load(Ordering::Relaxed) < count {
            self.ceremony_ended.notified().await;
        }
    }

    pub(crate) fn ceremonies_after(&self) -> u64 {
        self.ceremonies_after.load(Ordering::Relaxed)
    }

    pub(crate) fn rejected(&self) -> u64 {
        self.rejected.load(Ordering::Relaxed)
    }

    pub(crate) fn first_success(&self) -> Duration {
        *self.first_success.get().unwrap()
    }

    fn has_failed(&self) -> Option<&Instant> {
        self.failed_at.get()
    }
}

/// Clients that run.
pub(crate) struct Load {
    pub(crate) counts: Arc<Counts>,
    clients: JoinSet<Vec<Ceremony>>,
}

impl Load {
    pub(crate) fn start(store: &Arc<RedisStore>) -> Self {
        let (counts, mut clients) = (Arc::<Counts>::default(), JoinSet::new());
        for client in 0..CLIENTS {
            clients.spawn(run(store.clone(), counts.clone(), client));
        }
        Self { counts, clients }
    }

    /// Ends the clients. Returns their ceremonies.
    pub(crate) async fn end(self) -> Vec<Ceremony> {
        self.counts.is_over.store(true, Ordering::Relaxed);
        self.clients.join_all().await.into_iter().flatten().collect()
    }
}

async fn run(store: Arc<RedisStore>, counts: Arc<Counts>, client: usize) -> Vec<Ceremony> {
    let mut ceremonies = Vec::new();
    // Clients take turns. So that they are not all at the same step, each begins a few turns later than another.
    for _ in 0..client % 6 {
        let _ = store.grant(TestUser::new("a stranger").key()).await;
    }
    while !counts.is_over.load(Ordering::Relaxed) {
        let number = ceremonies.len();
        let end = if (client + number).is_multiple_of(2) { End::Use } else { End::Revoke };
        let mut ceremony = Ceremony::new(&format!("{client}-{number}"), end);
        let began_after = counts.has_failed().copied();
        let note = |_: Step| {
            counts.verbs.fetch_add(1, Ordering::Relaxed);
            if let Some(failed_at) = began_after {
                counts.first_success.get_or_init(|| failed_at.elapsed());
            }
        };
        let result = ceremony.run(&store, note).await;
        let is_complete = ceremony.acknowledged == Step::End;
        ceremonies.push(ceremony);
        if result.is_err() {
            counts.rejected.fetch_add(u64::from(counts.has_failed().is_some()), Ordering::Relaxed);
            tokio::time::sleep(AGAIN_AFTER).await;
        } else if is_complete {
            counts.ceremonies.fetch_add(1, Ordering::Relaxed);
            counts.ceremony_ended.notify_one();
            counts.ceremonies_after.fetch_add(u64::from(began_after.is_some()), Ordering::Relaxed);
        }
    }
    ceremonies
}
