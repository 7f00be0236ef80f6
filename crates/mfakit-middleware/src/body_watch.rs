//! Decision that is checked continuously while a body arrives.
//!
//! A layer decides at the head of a request and does not see when the handler inside it starts. But it can hold back
//! the body. A handler that reads the whole body before it acts then starts only while the decision is valid. A piece
//! of the body is passed on only while the decision is valid. After that, the body stays pending until the guard has
//! dropped the handler, so even an extractor that turns errors into values does not start it.
//!
//! 1. The end of the grant is checked with every piece.
//! 2. If more than a second has passed since the store was last read, it is read again before the piece is
//!    passed on. So a revoked grant ends the body.
//! 3. A grant that was consumed at the head is no longer in the store, so it cannot be checked there. The
//!    body then has [`CALL_TIMEOUT`] to arrive.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use mfakit_core::{
    Timestamp,
    adapter::{CALL_TIMEOUT, Freshness, MfaExt as _},
};

use crate::{
    answer::Answer,
    claim::Claim,
    facts::Facts,
    handler_watch::{BodyTooLate, HandlerWatch, LateBody, handler_watch},
    problem::Kind,
};

/// Pending second answer of the store.
type Renewal = Pin<Box<dyn Future<Output = Result<Claim, Answer>> + Send>>;

/// Decision that is checked continuously while a body arrives.
#[must_use = "a watch holds back a body only if it is polled"]
pub struct BodyWatch {
    claim: Claim,
    facts: Facts,
    renewal: Option<Renewal>,
    over: bool,
    late: LateBody,
}

impl Claim {
    /// Lets the request pass as [`take`](Self::take) does, for a guard that cannot see when the handler starts.
    ///
    /// The [`BodyWatch`] keeps checking the decision while the body arrives, and the [`HandlerWatch`] runs the
    /// handler.
    ///
    /// # Errors
    ///
    /// Returns the same answers as [`take`](Self::take).
    pub async fn take_and_watch(self, facts: Facts) -> Result<(BodyWatch, HandlerWatch), Answer> {
        let mut watched = self.clone();
        if self.requirement.is_once() {
            let Ok(asked_at) = self.admission.mfa().try_now() else {
                let admission = &self.admission;
                let answer = admission.reject(admission.caller(), &facts, Kind::Misconfigured);
                return Err(admission.mark_rejected(answer));
            };
            watched.asked_at = asked_at;
        }
        watched.terms = self.take(|| facts.clone()).await?.terms();
        Ok(BodyWatch::begin(watched, facts))
    }
}

impl BodyWatch {
    /// Creates a watch for the body, and one that runs the handler which reads it.
    pub(crate) fn begin(claim: Claim, facts: Facts) -> (Self, HandlerWatch) {
        let (handler, late) = handler_watch();
        (Self { claim, facts, renewal: None, over: false, late }, handler)
    }

    /// Returns whether the decision is no longer valid. Nothing more of the body may be passed on then.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        self.over
    }

    /// Polls for permission to pass on a piece of the body that has arrived.
    ///
    /// Once the decision is no longer valid, this stays pending until the guard has dropped the reader of the body. A piece
    /// that arrives after the handler switched protocols is always passed on.
    ///
    /// # Errors
    ///
    /// Returns an error if the decision is no longer valid and the guard has already answered. That is final.
    pub fn poll_pass(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BodyTooLate>> {
        loop {
            if self.late.is_released() {
                self.over = false;
                return Poll::Ready(Ok(()));
            }
            if self.over {
                return self.late.poll(cx).map(Err);
            }
            if let Some(renewal) = &mut self.renewal {
                let renewed = ready!(renewal.as_mut().poll(cx));
                self.renewal = None;
                match renewed {
                    Ok(claim) => {
                        self.claim = claim;
                        return Poll::Ready(Ok(()));
                    }
                    Err(answer) => self.end(answer),
                }
                continue;
            }
            match self.freshness() {
                Freshness::Fresh => return Poll::Ready(Ok(())),
                Freshness::Over => {
                    let answer = self.claim.admission.expired(&self.claim, &self.facts);
                    self.end(answer);
                }
                Freshness::Stale => {
                    self.renewal = Some(Box::pin(self.claim.clone().renewed(self.facts.clone())));
                }
            }
        }
    }

    fn freshness(&self) -> Freshness {
        let Claim { admission, requirement, terms, asked_at } = &self.claim;
        if requirement.is_once() {
            // A clock that panics cannot show that the decision is still valid.
            let now = admission.mfa().try_now();
            return now.map_or(Freshness::Over, |now| of_consumed(*asked_at, terms.expires_at(), now));
        }
        self.claim.freshness()
    }

    fn end(&mut self, answer: Answer) {
        self.over = true;
        self.late.report(answer);
    }
}

/// Judges the decision for a grant that was consumed at `consumed_at`. Such a grant cannot be renewed, so the
/// result is never stale.
fn of_consumed(consumed_at: Timestamp, expires_at: Timestamp, now: Timestamp) -> Freshness {
    // If a clock is set back by more than the usual corrections, the body would get extra time.
    let back = consumed_at.since(now) > CALL_TIMEOUT;
    if now >= expires_at || now.since(consumed_at) >= CALL_TIMEOUT || back {
        Freshness::Over
    } else {
        Freshness::Fresh
    }
}

impl fmt::Debug for BodyWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyWatch")
            .field("claim", &self.claim)
            .field("over", &self.over)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_decision_for_a_consumed_grant_is_valid_for_ten_seconds_and_never_beyond_its_end() {
        let at = Timestamp::from_millis;
        for (name, expires_at, now, expected) in [
            ("at once", 600_000, 100_000, Freshness::Fresh),
            ("just before the end of the wait", 600_000, 109_999, Freshness::Fresh),
            ("at the end of the wait", 600_000, 110_000, Freshness::Over),
            ("at the end of the grant", 103_000, 103_000, Freshness::Over),
            ("the clock was corrected", 600_000, 99_000, Freshness::Fresh),
            ("the clock was set back", 600_000, 89_999, Freshness::Over),
        ] {
            assert_eq!(of_consumed(at(100_000), at(expires_at), at(now)), expected, "{name}");
        }
    }
}
