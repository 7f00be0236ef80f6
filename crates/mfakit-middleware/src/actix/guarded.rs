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
use mfakit_core::Requirement;
use pin_project_lite::pin_project;

use crate::{
    actix::{LocalFuture, request_context::Settings},
    admission::Admission,
    answer::Answer,
    claim::{Claim, Undecided, claim},
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
        GuardedFuture { request, payload, step: Step::Begin, requirement: PhantomData }
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
        #[pin]
        step: Step<R, T>,
        requirement: PhantomData<fn() -> R>,
    }
}

pin_project! {
    #[project = Progress]
    enum Step<R, T: FromRequest> {
        Begin,
        Extract { #[pin] args: T::Future, claim: Option<Claim> },
        Wait { future: LocalFuture<'static, Result<Guarded<R, T>, Error>> },
    }
}

impl<R: Required, T: FromRequest + 'static> Future for GuardedFuture<R, T> {
    type Output = Result<Guarded<R, T>, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            let next = match this.step.as_mut().project() {
                Progress::Begin => match claim_at_once(this.request, &R::REQUIREMENT, cx) {
                    Ok(claim) => Step::Extract {
                        args: T::from_request(this.request, this.payload),
                        claim: Some(claim),
                    },
                    Err(later) => {
                        let (request, payload) = (this.request.clone(), this.payload.take());
                        Step::Wait { future: Box::pin(later.guard(request, payload)) }
                    }
                },
                Progress::Extract { args, claim } => {
                    let args = ready!(args.poll(cx)).map_err(Into::into)?;
                    match claim.take().map(Claim::take_at_once) {
                        Some(Ok(grant)) => return Poll::Ready(Ok(Guarded::new(args, grant))),
                        Some(Err(claim)) => {
                            let request = this.request.clone();
                            Step::Wait {
                                future: Box::pin(async move {
                                    let grant = claim.take(|| request.facts()).await;
                                    Ok(Guarded::new(args, grant.map_err(MfaRejection::new)?))
                                }),
                            }
                        }
                        // The future has ended, and is polled again. The request does not pass twice.
                        None => return Poll::Pending,
                    }
                }
                Progress::Wait { future } => return future.as_mut().poll(cx),
            };
            this.step.set(next);
        }
    }
}

/// Checks the request, as far as everything is known at once.
fn claim_at_once(
    request: &HttpRequest,
    requirement: &Requirement,
    cx: &mut Context<'_>,
) -> Result<Claim, Later> {
    let Some(admission) = request.admission() else { return Err(Later::Claim) };
    admission.mark_guarded();
    if !admission.is_identified() {
        let Some(settings) = admission.app::<Settings>() else { return Err(Later::Claim) };
        // A panic of the app's code counts like one of the future itself.
        let begun = catch_unwind(AssertUnwindSafe(|| settings.identify.identify(request)));
        let mut identify = begun.ok();
        match admission.identify_at_once(Pin::new(&mut identify), cx) {
            Poll::Ready(Ok(())) => {}
            Poll::Ready(Err(kind)) => return Err(Later::Reject(admission, kind)),
            Poll::Pending => return Err(Later::Identify(admission, identify)),
        }
    }
    let token = grant_token(RequestHead::cookies(request), requirement.scope());
    Claim::at_once(admission, requirement, token).map_err(Later::Decide)
}

/// Remaining steps of a request whose grant is not known at once.
enum Later {
    /// All of them.
    Claim,
    /// The app's function has to be waited for.
    Identify(Admission, Option<LocalFuture<'static, Identified>>),
    /// The app's function has failed.
    Reject(Admission, Kind),
    /// The store has to be waited for, or the request is rejected.
    Decide(Box<Undecided>),
}

impl Later {
    async fn guard<R: Required, T: FromRequest>(
        self,
        mut request: HttpRequest,
        mut payload: Payload,
    ) -> Result<Guarded<R, T>, Error> {
        let claim = self.claim(&mut request, &R::REQUIREMENT).await.map_err(MfaRejection::new)?;
        let args = T::from_request(&request, &mut payload).await.map_err(Into::into)?;
        let grant = claim.take(|| request.facts()).await.map_err(MfaRejection::new)?;
        Ok(Guarded::new(args, grant))
    }

    async fn claim(self, request: &mut HttpRequest, requirement: &Requirement) -> Result<Claim, Answer> {
        let (admission, failed) = match self {
            Self::Claim => return claim(request, Ok(requirement)).await,
            Self::Decide(undecided) => {
                return undecided.claim_of_guard(requirement, || request.facts()).await;
            }
            Self::Identify(admission, identify) => {
                let identified = admission.identify_later(pin!(identify)).await;
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
