//! What a route says it wants.

use std::time::Duration;

use mfakit_core::{Misconfigured, Requirement, Scope};

/// What a route says it wants, as a layer around it or asked for inside a handler.
///
/// ```
/// use std::time::Duration;
/// use mfakit_middleware::RequireMfa;
///
/// const REPORTS: RequireMfa = RequireMfa::scope("reports").max_age(Duration::from_mins(5));
/// ```
///
/// As a layer it guards what it is put around, and nothing else. What that is differs by framework:
///
/// - On axum put it around a handler (`get(report).layer(..)`), or around a whole `Router` by `.layer(..)`, as
///   the last thing said of it: routes that are added after it are outside. `Router::route_layer` leaves out
///   the router's fallback. A nested router without a fallback of its own is answered by the outer app's, and
///   so is `/nest/`, with the slash, in any case: both are outside the guard. Give the nest a fallback, and
///   where the app's own fallback shows anything, put the attribute on it.
/// - On actix-web `.wrap(..)` covers the whole `Scope` or `Resource`, its default service and routes that are
///   added later.
///
/// A name that is no scope, an undeclared scope and an age of zero let nobody in: every request is answered
/// with 500, and the log names the mistake.
#[derive(Clone, Copy, Debug)]
#[must_use = "a requirement guards nothing until it is a layer or asked for"]
pub struct RequireMfa {
    name: &'static str,
    max_age: Option<Duration>,
}

impl RequireMfa {
    /// A grant for this scope.
    pub const fn scope(name: &'static str) -> Self {
        Self { name, max_age: None }
    }

    /// How long ago the code may have been verified, where the route wants it more recent than the scope
    /// does.
    pub const fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self
    }

    /// The same as the engine knows it.
    ///
    /// # Errors
    ///
    /// When the name is no scope or the age is less than a second.
    pub fn requirement(&self) -> Result<Requirement, Misconfigured> {
        let scope = Scope::new(self.name).map_err(|why| {
            Misconfigured::new(format!("RequireMfa::scope({:?}) names no scope: {why}", self.name))
        })?;
        match self.max_age {
            Some(max_age) if max_age < Duration::from_secs(1) => Err(Misconfigured::new(format!(
                "RequireMfa::scope({:?}).max_age({max_age:?}) lets nobody in: write at least one second",
                self.name
            ))),
            Some(max_age) => Ok(Requirement::new(scope).max_age(max_age)),
            None => Ok(Requirement::new(scope)),
        }
    }
}

/// A type that stands for a requirement, so that an extractor can be told what to check.
pub trait Required: Send + Sync + 'static {
    /// What is wanted.
    const REQUIREMENT: Requirement;
}

/// The requirement that the attribute writes: the scope as two numbers, and the age in seconds (0 for none).
///
/// A marker type cannot be made up inside an `impl` block, and the attribute cannot tell where it stands, so
/// it says what it wants in constant parameters.
#[derive(Clone, Copy, Debug)]
pub struct Require<const HI: u128, const LO: u128, const MAX_AGE: u64>;

impl<const HI: u128, const LO: u128, const MAX_AGE: u64> Required for Require<HI, LO, MAX_AGE> {
    const REQUIREMENT: Requirement = {
        let requirement = Requirement::new(Scope::unpack(HI, LO));
        if MAX_AGE == 0 { requirement } else { requirement.max_age(Duration::from_secs(MAX_AGE)) }
    };
}
