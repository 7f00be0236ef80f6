//! What a guarantee is asked of, and how it is asked.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Barrier, task::JoinSet};

use crate::{
    clock::{Clock, Timestamp},
    store::{MfaStore, StoreError},
    testing::ManualClock,
};

/// A store, or several handles to one, and the clock that it goes by. Clones are one suite.
#[derive(Clone, Debug)]
pub struct Suite {
    handles: Vec<Arc<dyn MfaStore>>,
    asked: Arc<AtomicUsize>,
    clock: ManualClock,
    records: Option<Records>,
}

/// Function that counts the records of a store.
#[derive(Clone)]
struct Records(Arc<dyn Fn() -> Pin<Box<dyn Future<Output = usize> + Send>> + Send + Sync>);

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Records(…)")
    }
}

impl Suite {
    /// A suite for a store that goes by the time in each request, or by this clock.
    #[must_use]
    pub fn new(store: Arc<dyn MfaStore>, clock: ManualClock) -> Self {
        Self { handles: vec![store], asked: Arc::default(), clock, records: None }
    }

    /// The same with one more handle to the same records, such as a second instance has. They are asked in turn.
    #[must_use]
    pub fn and(mut self, handle: Arc<dyn MfaStore>) -> Self {
        self.handles.push(handle);
        self
    }

    /// Adds a function that counts the records of the store, such as `DBSIZE` of a Redis of its own. Without one, the
    /// guarantees of [`leftovers`](super::leftovers) see only what the port shows.
    #[must_use]
    pub fn counted_by<F>(mut self, records: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = usize> + Send + 'static,
    {
        self.records = Some(Records(Arc::new(move || Box::pin(records()))));
        self
    }

    /// Returns the number of records, if the suite can count them.
    pub(super) async fn records(&self) -> Option<usize> {
        match &self.records {
            Some(Records(count)) => Some(count().await),
            None => None,
        }
    }

    /// The next handle.
    pub(super) fn store(&self) -> Arc<dyn MfaStore> {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        match self.handles.get(asked % self.handles.len().max(1)) {
            Some(handle) => Arc::clone(handle),
            None => panic!("a suite has a store from the beginning"),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn pass(&self, span: Duration) {
        self.clock.advance(span);
    }

    /// Sets the clock to any time, earlier ones included.
    pub(super) fn set(&self, moment: Timestamp) {
        self.clock.set(moment);
    }

    /// Moves time to a moment, never back.
    pub(super) fn pass_until(&self, moment: Timestamp) {
        self.clock.set(self.now().max(moment));
    }

    /// Moves time to the last millisecond before a moment.
    pub(super) fn pass_until_just_before(&self, moment: Timestamp) {
        self.pass_until(Timestamp::from_millis(moment.as_millis().saturating_sub(1)));
    }
}

/// Something that every store has to do.
#[derive(Clone, Copy)]
pub struct Guarantee {
    pub(super) name: &'static str,
    pub(super) ask: for<'a> fn(&'a Suite) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>,
}

impl Guarantee {
    /// Its name: the path of its function in this module.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Asks for it.
    ///
    /// # Panics
    ///
    /// When the store breaks it.
    pub async fn ask(&self, suite: &Suite) {
        (self.ask)(suite).await;
    }
}

impl fmt::Debug for Guarantee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Guarantee").field(&self.name).finish()
    }
}

/// Runs so many tasks that all begin at the same time, and gathers what they say.
pub(super) async fn race<T, F>(tasks: usize, task: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let (start, mut running) = (Arc::new(Barrier::new(tasks)), JoinSet::new());
    for number in 0..tasks {
        let (start, task) = (Arc::clone(&start), task(number));
        running.spawn(async move {
            start.wait().await;
            task.await
        });
    }
    running.join_all().await
}

/// What the store said, which has to be an answer.
pub(super) fn answered<T>(verb: &str, answer: Result<T, StoreError>) -> T {
    answer.unwrap_or_else(|error| panic!("the store answers {verb}, it said: {error}"))
}
