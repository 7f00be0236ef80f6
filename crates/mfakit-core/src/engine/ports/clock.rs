//! The clock.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use crate::clock::{Clock, Timestamp};

/// The clock of the engine. Clones share it.
#[derive(Clone)]
pub(crate) struct ClockPort(Arc<dyn Clock>);

impl ClockPort {
    pub(crate) fn new(clock: Box<dyn Clock>) -> Self {
        Self(Arc::from(clock))
    }

    /// Returns the current time. It is for tasks of the engine, which end if the clock panics.
    pub(crate) fn now(&self) -> Timestamp {
        self.0.now()
    }

    /// Returns the current time. `None` if the clock panicked.
    pub(crate) fn try_now(&self) -> Option<Timestamp> {
        catch_unwind(AssertUnwindSafe(|| self.0.now())).ok()
    }
}
