//! State of a store.

use crate::clock::Timestamp;

/// Answer of a store that can be reached.
///
/// ```
/// use mfakit_core::{Timestamp, store::StoreProbe};
///
/// assert_eq!(StoreProbe::new().time, None);
/// let probe = StoreProbe::new().time(Timestamp::from_millis(1_767_268_800_000));
/// assert!(probe.time.is_some());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoreProbe {
    /// Current time of the store's own clock, if it has one.
    pub time: Option<Timestamp>,
}

impl StoreProbe {
    /// Creates the answer of a store without its own clock.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the time of the store's own clock.
    #[must_use]
    pub const fn time(mut self, time: Timestamp) -> Self {
        self.time = Some(time);
        self
    }
}

/// Number of records in a store of limited size.
///
/// ```
/// use mfakit_core::store::{Fill, StoreSize};
///
/// let size = StoreSize::new(Fill::new(81, 100), Fill::new(3, 100), Fill::new(0, 300));
/// assert_eq!(size.fullest(), 0.81);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoreSize {
    /// Users with a challenge or a count.
    pub users: Fill,
    /// Grants.
    pub grants: Fill,
    /// Budgets.
    pub budgets: Fill,
    /// Actions that are kept, with the grants that are bound to them.
    pub actions: Fill,
}

/// Number of records of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    /// Number of records, including expired ones that have not been removed.
    pub records: usize,
    /// Largest number of records.
    pub capacity: usize,
}

impl Fill {
    /// Creates a fill of `records` out of `capacity`.
    #[must_use]
    pub const fn new(records: usize, capacity: usize) -> Self {
        Self { records, capacity }
    }
}

impl StoreSize {
    /// Creates a size from the records of each kind, without kept actions.
    #[must_use]
    pub const fn new(users: Fill, grants: Fill, budgets: Fill) -> Self {
        Self { users, grants, budgets, actions: Fill::new(0, 0) }
    }

    /// Sets the number of kept actions.
    #[must_use]
    pub const fn actions(mut self, actions: Fill) -> Self {
        self.actions = actions;
        self
    }

    /// Returns the share of its capacity that the fullest kind has, from 0 for an empty store to 1 for a full one.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "a share of a whole")]
    pub fn fullest(&self) -> f64 {
        let share = |fill: Fill| fill.records as f64 / fill.capacity.max(1) as f64;
        [self.users, self.grants, self.budgets, self.actions].map(share).into_iter().fold(0.0, f64::max)
    }
}
