//! The requirement that a route places on a grant.

use std::time::Duration;

use crate::scope::Scope;

/// Requirement that a route places on a grant: its scope, its maximum age, and whether it is consumed.
///
/// Layer, extractor and attribute all create this same value. Without `max_age`, the lifetime of the scope applies.
/// With it, the shorter of the two applies [GRANT-4].
///
/// ```
/// use std::time::Duration;
/// use mfakit_core::{Requirement, Scope};
///
/// let transfer = Requirement::new(Scope::new("transfer")?).with_max_age(Duration::from_secs(300));
/// assert_eq!(transfer.max_age(), Some(Duration::from_secs(300)));
/// assert!(!transfer.is_once());
///
/// // A payout must be confirmed every single time.
/// let payout = Requirement::new(Scope::new("payout")?).once();
/// assert!(payout.is_once());
/// # Ok::<(), mfakit_core::error::InvalidScope>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Requirement {
    pub(crate) scope: Scope,
    pub(crate) max_age: Option<Duration>,
    pub(crate) once: bool,
}

impl Requirement {
    /// Creates a requirement for a grant of `scope` that may be as old as the scope allows.
    pub const fn new(scope: Scope) -> Self {
        Self { scope, max_age: None, once: false }
    }

    /// Sets the maximum age of the grant, from the moment the code was verified. Use does not extend it [GRANT-2].
    pub const fn with_max_age(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self
    }

    /// Requires a grant that has not been used, and consumes it. Use this for actions that must be confirmed every
    /// single time [GRANT-6].
    pub const fn once(mut self) -> Self {
        self.once = true;
        self
    }

    /// Returns the maximum age if grants of the scope last `lifetime`: the shorter of the two [GRANT-4].
    #[must_use]
    pub fn within(&self, lifetime: Duration) -> Duration {
        self.max_age.map_or(lifetime, |max_age| max_age.min(lifetime))
    }

    /// Returns the maximum age that the route sets. `None` if it sets none.
    #[must_use]
    pub const fn max_age(&self) -> Option<Duration> {
        self.max_age
    }

    /// Returns whether a request that passes consumes the grant.
    #[must_use]
    pub const fn is_once(&self) -> bool {
        self.once
    }

    /// Returns the scope.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }
}
