//! The store under test and its clock.

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

/// Store under test, with one or several handles to it, and the clock that it uses. Clones share all of it.
///
/// Give the suite two instances that share their records if your store can have several:
///
/// ```
/// use std::{future::ready, sync::Arc};
/// use mfakit_core::{MemoryStore, conformance::{self, Suite}, testing::ManualClock};
///
/// # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
/// let store = Arc::new(MemoryStore::new());
/// let counted = Arc::clone(&store);
/// let suite = Suite::new(store.clone(), ManualClock::new())
///     .handle(store)
///     .record_count(move || ready(counted.records()));
/// conformance::leftovers::a_rejected_operation_adds_no_record(&suite).await;
/// # })
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Suite {
    handles: Vec<Arc<dyn MfaStore>>,
    /// Number of calls so far, which determines whose turn it is.
    calls: Arc<AtomicUsize>,
    clock: ManualClock,
    record_count: Option<RecordCount>,
}

/// Function that counts the records of a store.
#[derive(Clone)]
struct RecordCount(Arc<dyn Fn() -> Pin<Box<dyn Future<Output = usize> + Send>> + Send + Sync>);

impl fmt::Debug for RecordCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecordCount(…)")
    }
}

impl Suite {
    /// Creates a suite for a store that uses the time in each request, or this clock.
    pub fn new(store: Arc<dyn MfaStore>, clock: ManualClock) -> Self {
        Self { handles: vec![store], calls: Arc::default(), clock, record_count: None }
    }

    /// Adds a handle to the same records, like the one that a second instance has. The handles are called in turn.
    pub fn handle(mut self, handle: Arc<dyn MfaStore>) -> Self {
        self.handles.push(handle);
        self
    }

    /// Sets a function that counts the records of the store, such as `DBSIZE` of a dedicated Redis. Without one, the
    /// guarantees of [`leftovers`](super::leftovers) see only what the port shows.
    pub fn record_count<F>(mut self, count: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = usize> + Send + 'static,
    {
        self.record_count = Some(RecordCount(Arc::new(move || Box::pin(count()))));
        self
    }

    /// Returns the number of records, if the suite can count them.
    pub(super) async fn records(&self) -> Option<usize> {
        match &self.record_count {
            Some(RecordCount(count)) => Some(count().await),
            None => None,
        }
    }

    /// Returns the handle whose turn it is.
    pub(super) fn store(&self) -> Arc<dyn MfaStore> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        match self.handles.get(call % self.handles.len().max(1)) {
            Some(handle) => Arc::clone(handle),
            None => panic!("a suite has at least one handle"),
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

    /// Moves the clock to a moment, unless it has passed.
    pub(super) fn pass_until(&self, moment: Timestamp) {
        self.clock.set(self.now().max(moment));
    }

    /// Moves the clock to the last millisecond before a moment.
    pub(super) fn pass_until_just_before(&self, moment: Timestamp) {
        self.pass_until(Timestamp::from_millis(moment.as_millis().saturating_sub(1)));
    }
}

/// Runs several tasks that start at the same time, and returns their results.
pub(super) async fn race<T, F>(count: usize, task: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let (start, mut running) = (Arc::new(Barrier::new(count)), JoinSet::new());
    for number in 0..count {
        let (start, task) = (Arc::clone(&start), task(number));
        running.spawn(async move {
            start.wait().await;
            task.await
        });
    }
    running.join_all().await
}

/// Returns the answer of a verb, and panics if it is an error.
pub(super) fn expect_answer<T>(verb: &str, answer: Result<T, StoreError>) -> T {
    answer.unwrap_or_else(|error| panic!("the store must answer {verb}, but it failed: {error}"))
}
