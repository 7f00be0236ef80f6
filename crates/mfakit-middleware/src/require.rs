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
    once: bool,
}

impl RequireMfa {
    /// A grant for this scope.
    pub const fn scope(name: &'static str) -> Self {
        Self { name, max_age: None, once: false }
    }

    /// How long ago the code may have been verified, where the route wants it more recent than the scope
    /// does.
    pub const fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self
    }

    /// A grant that nobody used before, and that is used up by letting a request pass: a code for every single
    /// one. Of many requests with one grant, one passes [GRANT-6].
    ///
    /// A layer uses the grant up before the handler's extractors have seen the request, since it cannot know what
    /// they will say: a form with a typo in it costs a code there, and so does a request that some route inside
    /// answers with 404 or 405. The attribute extracts first, and costs nothing then: prefer it.
    ///
    /// Guards of several scopes may stand on one route, each with or without this. Of two guards of the *same*
    /// scope the one that uses the grant up has to be the last to let the request pass, such as the attribute
    /// inside a layer without this. Any other order, and two of them with this, never let a request pass: it is
    /// answered with 500, and the log says why.
    pub const fn once(mut self) -> Self {
        self.once = true;
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
        let requirement = Requirement::new(scope);
        let requirement = if self.once { requirement.once() } else { requirement };
        match self.max_age {
            Some(max_age) if max_age < Duration::from_secs(1) => Err(Misconfigured::new(format!(
                "RequireMfa::scope({:?}).max_age({max_age:?}) lets nobody in: write at least one second",
                self.name
            ))),
            Some(max_age) => Ok(requirement.max_age(max_age)),
            None => Ok(requirement),
        }
    }
}

/// A type that stands for a requirement, so that an extractor can be told what to check.
pub trait Required: Send + Sync + 'static {
    /// What is wanted.
    const REQUIREMENT: Requirement;
}

/// The requirement that the attribute writes: the scope as two numbers, the age in seconds (0 for none), and
/// whether passing uses the grant up.
///
/// A marker type cannot be made up inside an `impl` block, and the attribute cannot tell where it stands, so
/// it says what it wants in constant parameters.
#[derive(Clone, Copy, Debug)]
pub struct Require<const HI: u128, const LO: u128, const MAX_AGE: u64, const ONCE: bool>;

impl<const HI: u128, const LO: u128, const MAX_AGE: u64, const ONCE: bool> Required
    for Require<HI, LO, MAX_AGE, ONCE>
{
    const REQUIREMENT: Requirement = {
        let requirement = Requirement::new(Scope::unpack(HI, LO));
        let requirement = if ONCE { requirement.once() } else { requirement };
        if MAX_AGE == 0 { requirement } else { requirement.max_age(Duration::from_secs(MAX_AGE)) }
    };
}
