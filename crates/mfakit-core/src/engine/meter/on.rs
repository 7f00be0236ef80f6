//! The meter of an engine with metrics.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, OnceLock},
    time::Instant,
};

use ::metrics::with_recorder;

use crate::{
    engine::meter::{
        handles::{Handles, is_live},
        labels::Labels,
        operation::{Operation, Outcome},
    },
    event::Event,
    health::Health,
    region::Region,
    scope::Scope,
    store::StoreSize,
};

/// Counts and times what one engine does, if its builder asks for it. Clones share the handles.
#[derive(Clone)]
pub(crate) struct Meter(Option<Arc<Lazy>>);

/// Handles, once there is a recorder to get them from.
struct Lazy {
    labels: Labels,
    handles: OnceLock<Handles>,
}

impl Meter {
    /// Creates the meter of an engine that asks for metrics.
    pub(crate) fn new(labels: Labels) -> Self {
        let meter = Self(Some(Arc::new(Lazy { labels, handles: OnceLock::new() })));
        // Series begin at zero here, so that the first count of each is seen as an increase.
        meter.with(|_| ());
        meter
    }

    pub(crate) const fn off() -> Self {
        Self(None)
    }

    /// Returns whether anything is counted.
    #[inline]
    pub(crate) const fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Begins to time a call.
    pub(crate) fn begin(&self) -> Option<Instant> {
        self.is_on().then(Instant::now)
    }

    /// Records the duration of a call that began at `begun`.
    pub(crate) fn end(&self, operation: Operation, outcome: Outcome, begun: Option<Instant>) {
        if let Some(begun) = begun {
            let took = begun.elapsed();
            self.with(|handles| handles.histograms.record(operation, outcome, took));
        }
    }

    /// Counts an event.
    pub(crate) fn count(&self, event: &Event<'_>) {
        self.with(|handles| handles.counters.count(event));
    }

    /// Counts a request that a guard let pass.
    #[inline]
    pub(crate) fn granted(&self, scope: &Scope) {
        self.with(|handles| handles.counters.granted(scope));
    }

    /// Counts a challenge that was completed by a number of this country.
    pub(crate) fn converted(&self, region: Option<Region>) {
        self.with(|handles| handles.counters.converted(region));
    }

    /// Shows the size of the store.
    pub(crate) fn size(&self, size: &StoreSize) {
        self.with(|handles| handles.gauges.size(size));
    }

    /// Shows the health of the engine.
    pub(crate) fn health(&self, health: &Health) {
        self.with(|handles| handles.gauges.health(health));
    }

    /// Calls `act` if there is a recorder. A panic of the recorder is caught: a count that is lost rejects no request.
    #[inline]
    fn with(&self, act: impl FnOnce(&Handles)) {
        if let Some(lazy) = &self.0 {
            let counted = || {
                if let Some(handles) = lazy.handles.get().or_else(|| lazy.resolve()) {
                    act(handles);
                }
            };
            let _ = catch_unwind(AssertUnwindSafe(counted));
        }
    }
}

impl Lazy {
    /// Gets the handles from the recorder, if there is one by now.
    #[cold]
    fn resolve(&self) -> Option<&Handles> {
        let found =
            with_recorder(|recorder| is_live(recorder).then(|| Handles::new(recorder, &self.labels)))?;
        Some(self.handles.get_or_init(|| found))
    }
}
