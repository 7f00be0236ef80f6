//! The observer.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use crate::{
    clock::Timestamp,
    engine::{meter::Meter, misconfigured::Misconfigured, ports::clock::ClockPort},
    event::{Event, EventContext, EventKind, Observer},
};

/// The observer of the engine. Clones share it.
#[derive(Clone)]
pub(crate) struct ObserverPort {
    observer: Arc<dyn Observer>,
    clock: ClockPort,
    meter: Meter,
}

impl ObserverPort {
    pub(crate) fn new(observer: Box<dyn Observer>, clock: ClockPort, meter: Meter) -> Self {
        Self { observer: Arc::from(observer), clock, meter }
    }

    /// Returns the meter, which counts every event.
    pub(crate) const fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Returns the current time, or the epoch if the clock panicked.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.try_now().unwrap_or_default()
    }

    /// Sends an event. If the observer panics, only the event is lost.
    pub(crate) fn observe(&self, about: EventContext<'_>, kind: EventKind<'_>) {
        let at = self.clock.try_now().unwrap_or_else(|| {
            tracing::error!(target: "mfakit", "the app's clock panicked");
            Timestamp::from_millis(0)
        });
        let event = &Event { at, about, kind };
        self.meter.count(event);
        let received = catch_unwind(AssertUnwindSafe(|| self.observer.observe(event)));
        if received.is_err() {
            tracing::error!(target: "mfakit", ?event, "the app's observer panicked");
        }
    }

    /// Reports a mistake in how the app is set up, and returns it.
    pub(crate) fn misconfigured(&self, mistake: Misconfigured) -> Misconfigured {
        self.observe(EventContext::new(), EventKind::Misconfigured { error: &mistake.to_string() });
        mistake
    }

    /// Reports the panic of a port.
    pub(crate) fn panicked(&self, port: &str) -> Misconfigured {
        self.misconfigured(Misconfigured::panicked(port))
    }
}
