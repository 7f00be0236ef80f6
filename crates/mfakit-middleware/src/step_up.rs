//! The guard inside a handler.

use std::fmt;

use mfakit_core::{
    BackendError, Decision, Grant, Reason, Requirement, Subject, Timestamp,
    action::Action,
    adapter::{BoundCheck, MfaBoundExt as _, MfaExt as _},
};

use crate::{
    admission::{Admission, Consumed},
    answer::Answer,
    bound_cookie::BoundTokens,
    claim::Claim,
    cookie::grant_token,
    facts::{Facts, Method},
    mfa_rejection::MfaRejection,
    problem::Kind,
    request_head::RequestHead,
    require::RequireMfa,
};

/// Extracts the guard for use inside a handler.
///
/// # Errors
///
/// Returns a rejection if the app-wide part is missing or the caller could not be identified.
pub async fn step_up<H: RequestHead>(head: &mut H) -> Result<StepUp, MfaRejection> {
    let admission = Admission::of(head).map_err(MfaRejection::new)?;
    // The handler's answer may depend on a grant, whether or not it requires one this time.
    admission.mark_guarded();
    // Without a clock, every grant counts as made later.
    let identified_at = admission.mfa().try_now().unwrap_or_default();
    let subject = admission.identify(head).await.map_err(MfaRejection::new)?;
    let cookies = head.cookies().map(<[u8]>::to_vec).collect();
    Ok(StepUp { admission, subject, identified_at, cookies, facts: head.facts() })
}

/// Guard inside a handler: requires a code if only the handler can decide whether one is needed, such as for an amount
/// above a limit, and ends the grants at sign-out.
///
/// Take it as an argument before the one that reads the body. The grant is checked when [`require`](Self::require) is
/// called, so a slow body does not matter. However, the caller was identified before the body was read. Sign-out must
/// therefore call [`sign_out`](Self::sign_out), which ends the grants of the session. Otherwise, a request that was already
/// in progress still passes. A grant that is made later than the caller was identified, by more than
/// [`Policy::clock_skew`](mfakit_core::Policy::clock_skew), does not let the request pass. A new request does.
///
/// ```
/// use mfakit_middleware::{MfaRejection, RequireMfa, StepUp};
///
/// async fn transfer(step_up: StepUp, amount: u64) -> Result<String, MfaRejection> {
///     if amount > 1_000 {
///         step_up.require(RequireMfa::scope("transfer").once()).await?;
///     }
///     Ok(format!("sent {amount}"))
/// }
/// ```
///
/// Do not wrap it. On actix-web, an `Option<StepUp>` is `None` without the middleware, and a handler with
/// `if let Some(step_up)` then requires no code. On axum, that does not compile:
///
/// ```compile_fail,E0277
/// use mfakit_middleware::StepUp;
///
/// async fn pay(step_up: Option<StepUp>) {}
///
/// let routes: axum::Router = axum::Router::new().route("/pay", axum::routing::post(pay));
/// ```
pub struct StepUp {
    admission: Admission,
    subject: Option<Subject>,
    /// Time just before the caller was identified.
    identified_at: Timestamp,
    cookies: Vec<Vec<u8>>,
    facts: Facts,
}

impl StepUp {
    /// Requires a grant, and returns it.
    ///
    /// A grant that is good for [one request](RequireMfa::once) is consumed immediately, so call this after every other
    /// check of the request. Call it once: a second call in the same request finds the grant consumed and is
    /// answered with 500.
    ///
    /// # Errors
    ///
    /// Returns a rejection for requests that may not pass. Return it from the handler with `?`.
    pub async fn require(&self, require: RequireMfa) -> Result<Grant, MfaRejection> {
        let Self { admission, subject, identified_at, cookies, facts } = self;
        let requirement = require
            .requirement()
            .map_err(|mistake| MfaRejection::new(admission.misconfigured(facts, mistake)))?;
        let token = grant_token(cookies.iter().map(Vec::as_slice), requirement.scope());
        let (mut place, token) = (None, token.as_ref());
        let undecided = Claim::at_once(&mut place, admission.clone(), &requirement, token);
        let claim = match (place, undecided) {
            (Some(claim), _) => Ok(claim),
            (None, Some(undecided)) => undecided.claim(&requirement, token, || facts.clone()).await,
            (None, None) => Err(admission.reject(subject.as_ref(), facts, Kind::Misconfigured)),
        };
        let claim = claim.map_err(MfaRejection::new)?;
        if admission.mfa().is_later(&claim.grant(), *identified_at) {
            return Err(MfaRejection::new(admission.expired(&claim, facts)));
        }
        claim.take(|| facts.clone()).await.map_err(MfaRejection::new)
    }

    /// Requires a person to have approved exactly this value. Returns the value that was approved, and the grant, which is
    /// consumed.
    ///
    /// The requirement is always good for [one request](RequireMfa::once). Call this after every other check of the
    /// request, immediately before the action is carried out. Carry out the value that this returns: it is read from the
    /// canonical form that was approved, so it has nothing that its type does not serialize.
    ///
    /// Without a grant for this value, the value is kept for the session, and the rejection names the approval. After
    /// the code was entered, the client repeats the whole request: the handler reads its own body, so the identifier of
    /// an approval cannot stand in for it. Without JavaScript, the page asks the person to send the form again. A
    /// handler that can take the value as an argument marks it with `#[approve]` instead, and the page then has a
    /// button that repeats the request.
    ///
    /// ```
    /// use mfakit_core::action::Action;
    /// use mfakit_middleware::{MfaRejection, RequireMfa, StepUp};
    ///
    /// async fn transfer(step_up: StepUp, order: impl Action) -> Result<String, MfaRejection> {
    ///     let (order, grant) = step_up.approve(order, RequireMfa::scope("transfer")).await?;
    ///     Ok(format!("sent {:?}, approved at {:?}", order.words().amount(), grant.verified_at()))
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns a rejection for requests that may not pass. Return it from the handler with `?`.
    pub async fn approve<A: Action>(
        &self,
        action: A,
        require: RequireMfa,
    ) -> Result<(A, Grant), MfaRejection> {
        let Self { admission, facts, .. } = self;
        let requirement = require.once().requirement();
        let requirement =
            requirement.map_err(|mistake| MfaRejection::new(admission.misconfigured(facts, mistake)))?;
        self.approved(&requirement, action).await.map_err(MfaRejection::new)
    }

    async fn approved<A: Action>(&self, requirement: &Requirement, action: A) -> Result<(A, Grant), Answer> {
        let Self { admission, subject, identified_at, cookies, facts } = self;
        let (mfa, caller) = (admission.mfa(), subject.as_ref());
        let misconfigured = |_| admission.reject(caller, facts, Kind::Misconfigured);
        let tokens = BoundTokens::read(cookies.iter().map(Vec::as_slice), requirement.scope());
        let token = tokens.by_approval();
        let denial = match mfa.check_bound(caller, requirement, &token).await.map_err(misconfigured)? {
            BoundCheck::Denied(denial) => denial,
            // Its answer shows the outcome to no person.
            BoundCheck::Claims(_) if facts.method == Method::Head => {
                mfa.deny_bound(caller, requirement, Reason::Missing)
            }
            BoundCheck::Claims(claims) => match mfa.claims_until(claims, *identified_at) {
                None => mfa.deny_bound(caller, requirement, Reason::Expired),
                Some(claims) => {
                    let read = mfa.read_approved(requirement, &action, &claims);
                    let (action, digest) = read.map_err(|error| admission.invalid_action(&error, facts))?;
                    let words = || action.words();
                    let consumed = mfa.consume_bound(caller, requirement, &digest, &words, &token, &claims);
                    match claims.grant(&digest) {
                        None => mfa.deny_bound(caller, requirement, Reason::Missing),
                        Some(_) => match consumed.await.map_err(misconfigured)? {
                            Decision::Denied(denial) => denial.into(),
                            Decision::Granted(grant) => {
                                admission.note_consumed(Consumed::Bound(*requirement.scope()));
                                return Ok((action, grant));
                            }
                        },
                    }
                }
            },
        };
        Err(admission.propose(requirement, &action, None, denial, facts).await)
    }

    /// Ends all grants and challenges of the caller's session. Call this in the handler of the sign-out. It succeeds
    /// for an unauthenticated caller.
    ///
    /// End the app's session first, so that no new code can be requested in it. The caller was identified before the
    /// handler ran, so the order makes no difference to this call.
    ///
    /// # Requests in progress
    ///
    /// A guarded request whose body is still arriving is rejected, because its grant has ended. A call to mfakit's routes
    /// whose body takes more than a second to arrive is identified again when the body is there, and rejected if the identify
    /// function then returns `None`. It still sends or accepts a code in these cases:
    ///
    /// - The identify function cannot see that the session ended. It reads a session that its layer loaded at the
    ///   beginning of the request, as `tower-sessions` and `actix-session` do. That ends with the request, within ten
    ///   seconds for the body. Or it reads a credential that no server can end, such as a copy of a cookie that holds the
    ///   session itself, or a token that is valid until it expires. That ends with the credential.
    /// - The call was identified before the session ended, its body was there within a second, and the store has not
    ///   counted the send or the attempt yet.
    ///
    /// The resulting grant belongs to the ended session. With cookies, it needs the cookie that the answer sets, so a
    /// request in progress does not have it, and a later request is identified anew. With tokens, no request in progress
    /// that claimed an earlier grant passes by it, and none whose `StepUp` identified the caller before it, except within
    /// [`Policy::clock_skew`](mfakit_core::Policy::clock_skew). Call this method again, or `Mfa::revoke_login`, to end such a
    /// grant as well.
    ///
    /// ```
    /// use mfakit_middleware::{MfaRejection, StepUp};
    ///
    /// # struct Session;
    /// # impl Session { fn purge(&self) {} }
    /// async fn sign_out(session: Session, step_up: StepUp) -> Result<&'static str, MfaRejection> {
    ///     session.purge();
    ///     step_up.sign_out().await?;
    ///     Ok("signed out")
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns a rejection with 503 if the store failed. The grants may then still be valid, until they expire.
    pub async fn sign_out(&self) -> Result<(), MfaRejection> {
        let Some(subject) = &self.subject else { return Ok(()) };
        self.admission.mfa().sign_out(subject).await.map_err(|error| {
            let kind = match error {
                BackendError::Misconfigured(_) => Kind::Misconfigured,
                _ => Kind::Unavailable,
            };
            MfaRejection::new(self.admission.reject(Some(subject), &self.facts, kind))
        })
    }
}

impl fmt::Debug for StepUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StepUp").field("subject", &self.subject).finish_non_exhaustive()
    }
}
