//! What a route wants.

use std::time::Duration;

use crate::scope::Scope;

/// What a route wants: a grant for this scope, no older than this.
///
/// Layer, extractor and attribute all make this same value. Without `max_age` the lifetime that belongs to
/// the scope counts; with it, the shorter of the two [GRANT-4].
///
/// ```
/// use std::time::Duration;
/// use mfakit_core::{Requirement, Scope};
///
/// let transfer = Requirement::new(Scope::new("transfer")?).with_max_age(Duration::from_mins(5));
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
    /// A grant for `scope`, as old as the scope allows.
    pub const fn new(scope: Scope) -> Self {
        Self { scope, max_age: None, once: false }
    }

    /// How long ago the code may have been verified. Absolute: use does not extend it [GRANT-2].
    pub const fn with_max_age(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self
    }

    /// A grant that nobody used before, and that is used up by this: for what is to be confirmed every single time
    /// [GRANT-6].
    pub const fn once(mut self) -> Self {
        self.once = true;
        self
    }

    /// How long ago the code may have been verified where grants of the scope last `lifetime`: the shorter of the
    /// two [GRANT-4].
    #[must_use]
    pub fn within(&self, lifetime: Duration) -> Duration {
        self.max_age.map_or(lifetime, |max_age| max_age.min(lifetime))
    }

    /// The age that the route wants, if it wants one.
    #[must_use]
    pub const fn max_age(&self) -> Option<Duration> {
        self.max_age
    }

    /// Whether passing uses the grant up.
    #[must_use]
    pub const fn is_once(&self) -> bool {
        self.once
    }

    /// What is protected.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }
}
