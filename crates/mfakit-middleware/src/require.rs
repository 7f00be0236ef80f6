//! Requirement of a route.

use std::time::Duration;

use mfakit_core::{Misconfigured, Requirement, Scope};

/// Requirement that a route places on a grant: as a layer around the route, or checked inside a handler.
///
/// ```
/// use std::time::Duration;
/// use mfakit_middleware::RequireMfa;
///
/// const REPORTS: RequireMfa = RequireMfa::scope("reports").max_age(Duration::from_secs(300));
/// ```
///
/// As a layer on axum:
///
#[cfg_attr(feature = "axum", doc = "```")]
#[cfg_attr(not(feature = "axum"), doc = "```ignore")]
/// use axum::{Router, routing::get};
/// use mfakit_middleware::RequireMfa;
///
/// let reports: Router = Router::new()
///     .route("/reports", get(async || "reports"))
///     .layer(RequireMfa::scope("reports"));
/// ```
///
/// # As a layer
///
/// A layer guards only what it wraps. That differs by framework:
///
/// - On axum, wrap a handler (`get(report).layer(..)`), or a whole `Router` with `.layer(..)` as the last
///   call. A layer does not cover four things:
///   1. Routes that are added to the router after `.layer(..)`.
///   2. Methods and fallbacks that are added to the same `MethodRouter` after `.layer(..)`:
///      `get(report).layer(..).post(change)` leaves `POST` open, and so do `.post_service(..)`,
///      `.fallback(..)` and `.merge(..)` there. Write `get(report).post(change).layer(..)`.
///   3. The fallback of a `Router` or a `MethodRouter`, if you use `route_layer`.
///   4. In a nested router without its own fallback, `/nest/` and unmatched paths: the outer app answers
///      those. Give the nest a fallback. If the app's own fallback returns anything sensitive, put the
///      attribute on it.
/// - On actix-web, `.wrap(..)` covers the whole `Scope` or `Resource`, including its default service and
///   routes that are added later.
///
/// # Slow bodies
///
/// A layer decides at the head of a request and does not see when the handler inside it starts. Prefer the attribute,
/// which judges the grant again after it has read the body. A layer holds back the body instead: if a piece arrives
/// more than a second after the store was read, the store is read again. After the grant was revoked or has expired,
/// no more of the body is passed on. The layer drops the guarded service's future and answers like any request without a
/// grant. A handler whose extractor reads the whole body (`Form`, `Json`, `Bytes`, `String`, and an `Option` or a `Result`
/// of them) has not started then. This bounds how long a body may take by the rest of the grant, and with
/// [`once`](Self::once) by ten seconds, because a consumed grant cannot be read from the store.
///
/// - A layer cannot protect a handler that acts before it has read the whole body: it takes a stream, a multipart form, or
///   the request itself. Use [`StepUp`](crate::step_up::StepUp) after the whole body has arrived. Such a handler may be
///   dropped at any await point, as when the client disconnects.
/// - On actix-web the answer to a body that came too late is an `Err` for the middleware around the guard. Middleware that
///   changes only responses, such as `Cors`, does not see it.
/// - In a tower stack a layer can watch axum's body, the `Body` of `mfakit::web::tower`, and
///   `UnsyncBoxBody<Bytes, BoxError>` of `http-body-util`. `RequireMfa::guard` takes any body. A body of another type that is not in memory is answered with 500, and the log names the remedy. On axum this happens if a layer
///   that changes the body's type, such as `RequestBodyLimitLayer`, stands before this one in the same `ServiceBuilder`:
///   put this one in a separate `.layer()`.
///
/// # Mistakes
///
/// An invalid scope name, an undeclared scope and an age of zero reject every request: it is answered with
/// 500, and the log names the mistake. A layer logs an invalid name and an age of zero as soon as it is built.
#[derive(Clone, Copy, Debug)]
#[must_use = "a requirement guards nothing until it is used as a layer or checked"]
pub struct RequireMfa {
    name: &'static str,
    max_age: Option<Duration>,
    once: bool,
}

impl RequireMfa {
    /// Creates the requirement of a grant for this scope.
    pub const fn scope(name: &'static str) -> Self {
        Self { name, max_age: None, once: false }
    }

    /// Sets the maximum age of the verified code, if it must be more recent than the scope's grant lifetime
    /// requires. The minimum is one second.
    pub const fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self
    }

    /// Consumes the grant when a request passes, so that every request needs its own code. Of many
    /// requests with one grant, one passes [GRANT-6].
    ///
    /// A layer consumes the grant before the handler's extractors have seen the request. A code is then lost
    /// on a form with a typo, on a request that an inner route answers with 404 or 405, and on a body that
    /// takes longer than ten seconds. Prefer the attribute: it extracts first, and such requests cost no
    /// code.
    ///
    /// Guards of several scopes may be on one route, each with or without this. If two guards share a scope,
    /// the one with `once` must be the last to let the request pass, such as the attribute inside a layer
    /// without `once`. Any other order, and two guards with `once`, reject every request: it is answered with
    /// 500, and the log gives the reason.
    pub const fn once(mut self) -> Self {
        self.once = true;
        self
    }

    /// Returns the requirement for a layer. Logs a mistake at once, and not only at the first request.
    #[cfg(any(feature = "actix", feature = "tower"))]
    pub(crate) fn of_layer(&self) -> Result<Requirement, Misconfigured> {
        self.requirement().inspect_err(|mistake| {
            let (event, outcome) = ("sys_misconfigured", "failed");
            tracing::error!(target: "mfakit", event, outcome, error = %mistake, "app misconfigured");
        })
    }

    /// Returns the requirement in the type of the engine.
    ///
    /// # Errors
    ///
    /// Returns an error if the name is not a valid scope or the age is less than one second.
    pub fn requirement(&self) -> Result<Requirement, Misconfigured> {
        let scope = Scope::new(self.name).map_err(|why| {
            Misconfigured::new(format!("RequireMfa::scope({:?}) is not a valid scope: {why}", self.name))
        })?;
        let requirement = Requirement::new(scope);
        let requirement = if self.once { requirement.once() } else { requirement };
        match self.max_age {
            Some(max_age) if max_age < Duration::from_secs(1) => Err(Misconfigured::new(format!(
                "RequireMfa::scope({:?}).max_age({max_age:?}) rejects every request: write at least one second",
                self.name
            ))),
            Some(max_age) => Ok(requirement.with_max_age(max_age)),
            None => Ok(requirement),
        }
    }
}

/// Requirement as a type, which the extractor [`Guarded`](crate::guarded::Guarded) checks.
///
/// `#[require_mfa]` writes such a type. Implement this trait for a marker type to use `Guarded` without the attribute.
///
/// ```
/// use std::time::Duration;
/// use mfakit_core::{Requirement, Scope};
/// use mfakit_middleware::Required;
///
/// struct Reports;
///
/// impl Required for Reports {
///     const REQUIREMENT: Requirement = match Scope::new("reports") {
///         Ok(scope) => Requirement::new(scope).with_max_age(Duration::from_secs(300)),
///         Err(_) => panic!("not a valid scope"),
///     };
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a requirement",
    label = "not a requirement",
    note = "write `#[require_mfa(scope = \"…\")]` above the handler, or `impl Required for {Self}`"
)]
pub trait Required: Send + Sync + 'static {
    /// Requirement that is checked.
    const REQUIREMENT: Requirement;
}

/// Returns half of the scope that a constant names, for the attribute: the parameter `HI` or `LO` of [`Require`].
///
/// # Panics
///
/// The high half panics if the constant is not a valid scope. This is a compile error at the constant. The low half does
/// not, so that there is one error.
#[doc(hidden)]
#[must_use]
#[track_caller]
pub const fn scope_half<const HIGH: bool>(name: &str) -> u128 {
    if HIGH {
        return Scope::of_constant(name).pack().0;
    }
    match Scope::new(name) {
        Ok(scope) => scope.pack().1,
        Err(_) => 0,
    }
}

/// Requirement that the attribute writes: the scope as two numbers, the age in seconds (0 for none), and whether
/// passing consumes the grant.
///
/// A marker type cannot be declared inside an `impl` block, and the attribute cannot tell whether it is in one. So it
/// writes the requirement in constant parameters.
#[derive(Clone, Copy, Debug)]
pub struct Require<const HI: u128, const LO: u128, const MAX_AGE: u64, const ONCE: bool>;

impl<const HI: u128, const LO: u128, const MAX_AGE: u64, const ONCE: bool> Required
    for Require<HI, LO, MAX_AGE, ONCE>
{
    const REQUIREMENT: Requirement = {
        let requirement = Requirement::new(Scope::unpack(HI, LO));
        let requirement = if ONCE { requirement.once() } else { requirement };
        if MAX_AGE == 0 { requirement } else { requirement.with_max_age(Duration::from_secs(MAX_AGE)) }
    };
}
