//! The meter of an engine without metrics: it does nothing.

use std::time::Instant;

use crate::{
    engine::meter::operation::{Operation, Outcome},
    event::Event,
    health::Health,
    region::Region,
    scope::Scope,
    store::StoreSize,
};

/// Counts nothing.
#[derive(Clone)]
pub(crate) struct Meter;

#[allow(clippy::unused_self, reason = "the same methods as with the feature")]
impl Meter {
    pub(crate) const fn off() -> Self {
        Self
    }

    #[inline]
    pub(crate) const fn is_on(&self) -> bool {
        false
    }

    #[inline]
    pub(crate) const fn begin(&self) -> Option<Instant> {
        None
    }

    #[inline]
    pub(crate) const fn end(&self, _: Operation, _: Outcome, _: Option<Instant>) {}

    #[inline]
    pub(crate) const fn count(&self, _: &Event<'_>) {}

    #[inline]
    pub(crate) const fn granted(&self, _: &Scope) {}

    #[inline]
    pub(crate) const fn converted(&self, _: Option<Region>) {}

    #[inline]
    pub(crate) const fn size(&self, _: &StoreSize) {}

    #[inline]
    pub(crate) const fn health(&self, _: &Health) {}
}
