//! The guard as an extractor.
//!
//! actix-web polls all extractors of a handler together. If the guard were merely the first of them, another could read
//! the body in the meantime. So it is the only one: it takes the payload, waits for the check, and only then extracts
//! the rest.

use std::{
    marker::PhantomData,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    task::{Context, Poll, ready},
};

use actix_web::{Error, FromRequest, HttpRequest, dev::Payload};
use mfakit_core::{GrantToken, Requirement};
use pin_project_lite::pin_project;

use crate::{
    actix::{LocalFuture, request_context::Settings},
    admission::Admission,
    answer::Answer,
    caller::MyTurn,
    claim::{Claim, Undecided, claim, lost},
    cookie::grant_token,
    guarded::Guarded,
    identify::Identified,
    mfa_rejection::MfaRejection,
    problem::Kind,
    request_head::RequestHead,
    require::Required,
};

impl<R, T> FromRequest for Guarded<R, T>
where
    R: Required,
    T: FromRequest + 'static,
{
    type Error = Error;
    type Future = GuardedFuture<R, T>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        GuardedFuture { request, payload, claim: None, step: Step::Begin, requirement: PhantomData }
    }
}

pin_project! {
    /// Future of a [`Guarded`].
    ///
    /// A request whose caller and grant are known at once, and whose arguments are, needs no allocation besides that of the
    /// app's function. So this is written out, and only the rest is an async function in a box:
    ///
    /// ```text
    /// Begin ── the grant is known at once ──► Extract ── the grant is still valid ──► done
    ///   │                                        │
    ///   └──────── anything else ───────────────► └──────── anything else ────► Wait ──► done
    /// ```
    pub struct GuardedFuture<R, T: FromRequest> {
        request: HttpRequest,
        payload: Payload,
        // While the arguments are extracted. It is written here, and not moved.
        claim: Option<Claim>,
        #[pin]
        step: Step<R, T>,
        requirement: PhantomData<fn() -> R>,
    }
}

pin_project! {
    #[project = Progress]
    enum Step<R, T: FromRequest> {
        Begin,
        Extract { #[pin] args: T::Future },
        Wait { future: LocalFuture<'static, Result<Guarded<R, T>, Error>> },
    }
}

impl<R: Required, T: FromRequest + 'static> Future for GuardedFuture<R, T> {
    type Output = Result<Guarded<R, T>, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            let next = match this.step.as_mut().project() {
                Progress::Begin => match claim_at_once(this.claim, this.request, &R::REQUIREMENT, cx) {
                    None => Step::Extract { args: T::from_request(this.request, this.payload) },
                    Some(later) => {
                        let (request, payload) = (this.request.clone(), this.payload.take());
                        Step::Wait { future: Box::pin(later.guard(request, payload)) }
                    }
                },
                Progress::Extract { args } => {
                    let args = ready!(args.poll(cx)).map_err(Into::into)?;
                    if let Some(grant) = this.claim.as_ref().and_then(Claim::take_at_once) {
                        return Poll::Ready(Ok(Guarded::new(args, grant)));
                    }
                    let (request, claim) = (this.request.clone(), this.claim.take());
                    Step::Wait { future: Box::pin(take_later(request, claim, args)) }
                }
                Progress::Wait { future } => return future.as_mut().poll(cx),
            };
            this.step.set(next);
        }
    }
}

/// Lets the request pass, if it still may.
async fn take_later<R, T>(
    request: HttpRequest,
    claim: Option<Claim>,
    args: T,
) -> Result<Guarded<R, T>, Error> {
    let granted = match claim {
        Some(claim) => claim.take_from(&request).await,
        None => Err(lost(&request)),
    };
    Ok(Guarded::new(args, granted.map_err(MfaRejection::new)?))
}

/// Checks the request, as far as everything is known at once. Writes the claim to `place`, or returns what is left to do.
fn claim_at_once(
    place: &mut Option<Claim>,
    request: &HttpRequest,
    requirement: &Requirement,
    cx: &mut Context<'_>,
) -> Option<Later> {
    let Some(admission) = request.admission() else { return Some(Later::Claim) };
    admission.mark_guarded();
    if !admission.is_identified() {
        if admission.turn().is_taken() {
            return Some(Later::Claim);
        }
        let Some(settings) = admission.app::<Settings>() else { return Some(Later::Claim) };
        // A panic of the app's code counts like one of the future itself.
        let begun = catch_unwind(AssertUnwindSafe(|| settings.identify.identify(request)));
        let mut identify = begun.ok();
        match admission.identify_at_once(Pin::new(&mut identify), cx) {
            Poll::Ready(Ok(())) => {}
            Poll::Ready(Err(kind)) => return Some(Later::Reject(admission, kind)),
            Poll::Pending => {
                let turn = admission.take_turn();
                return Some(Later::Identify(admission, identify, turn));
            }
        }
    }
    let token = grant_token(RequestHead::cookies(request), requirement.scope());
    Claim::at_once(place, admission, requirement, token.as_ref())
        .map(|undecided| Later::Decide(undecided, token))
}

/// Remaining steps of a request whose grant is not known at once.
enum Later {
    /// All of them.
    Claim,
    /// The app's function has to be waited for.
    Identify(Admission, Option<LocalFuture<'static, Identified>>, MyTurn),
    /// The app's function has failed.
    Reject(Admission, Kind),
    /// The store has to be waited for, or the request is rejected.
    Decide(Box<Undecided>, Option<GrantToken>),
}

impl Later {
    async fn guard<R: Required, T: FromRequest>(
        self,
        mut request: HttpRequest,
        mut payload: Payload,
    ) -> Result<Guarded<R, T>, Error> {
        let claim = self.claim(&mut request, &R::REQUIREMENT).await.map_err(MfaRejection::new)?;
        let args = T::from_request(&request, &mut payload).await.map_err(Into::into)?;
        let grant = claim.take_from(&request).await.map_err(MfaRejection::new)?;
        Ok(Guarded::new(args, grant))
    }

    async fn claim(self, request: &mut HttpRequest, requirement: &Requirement) -> Result<Claim, Answer> {
        let (admission, failed) = match self {
            Self::Claim => return claim(request, Ok(requirement)).await,
            Self::Decide(undecided, token) => {
                return undecided.claim_of_guard(requirement, token.as_ref(), || request.facts()).await;
            }
            Self::Identify(admission, identify, turn) => {
                let identified = admission.identify_later(pin!(identify), turn).await;
                (admission, identified.err())
            }
            Self::Reject(admission, kind) => (admission, Some(kind)),
        };
        match failed {
            None => claim(request, Ok(requirement)).await,
            Some(kind) => Err(admission.mark_rejected(admission.reject(None, &request.facts(), kind))),
        }
    }
}
