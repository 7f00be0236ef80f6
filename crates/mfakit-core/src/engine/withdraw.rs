//! Withdraws the grant of a redemption whose answer was lost, because its caller received an error.
//!
//! 1. Only this grant is withdrawn. Its nonce identifies it, so a grant that another redemption made stays, and so does a
//!    challenge that was started later. A bound grant is withdrawn with its whole approval, which is revoked instead of
//!    consumed: nothing was carried out.
//! 2. If the grant is not there, its challenge is ended, so that a redemption which is still on its way makes none.
//! 3. A grant of a cookie session cannot be used without its token, which the caller did not receive. The grant of a bearer
//!    subject can be used at once, so its withdrawal is repeated in the background until it succeeds or the same code has
//!    returned the grant.

use std::time::Duration;

use tokio::time::{sleep, timeout};
use tracing::Instrument;

use crate::{
    approval::ApprovalId,
    engine::{backend_error::BackendError, mfa::Mfa},
    proof::{CodeProof, Entered, GrantNonce},
    scope::Scope,
    store::{AttemptReservation, FindRepeat, Key, RepeatLookup, ReserveAttempt, Revocation},
    subject::{Recognition, Subject},
    token::ChallengeId,
};

/// Seconds to wait before each further try. Most stores fail over in this time.
pub(super) const WAITS: [u64; 5] = [1, 2, 4, 8, 10];

/// Time after which the last try ends, even if the store does not answer.
pub(super) const LONGEST: Duration = Duration::from_secs(30);

/// Redemption whose answer was lost.
pub(super) struct Lost {
    subject: Subject,
    scope: Scope,
    challenge: ChallengeId,
    approval: Option<ApprovalId>,
    attempt: u32,
    proofs: Vec<CodeProof>,
    nonce: GrantNonce,
}

impl Mfa {
    /// Withdraws the grant of a redemption whose answer was lost. Must be called within a tokio runtime. The store port
    /// reports each failure.
    pub(super) async fn withdraw(&self, entered: Entered<'_>, attempt: u32, nonce: GrantNonce) {
        let Entered { subject, scope, challenge, approval, .. } = entered;
        let lost = Lost {
            subject: subject.clone(),
            scope: *scope,
            challenge: *challenge,
            approval: approval.copied(),
            attempt,
            proofs: entered.proofs(self.keys()),
            nonce,
        };
        if matches!(self.try_withdraw(&lost).await, Ok(true)) {
            return;
        }
        match lost.subject.recognition() {
            Recognition::Cookie => {}
            Recognition::Bearer => {
                self.inner.withdrawals.begin(nonce);
                let mfa = self.clone();
                let again = async move {
                    // Whether or not it succeeded, this was the last try.
                    let _ = timeout(LONGEST, mfa.withdraw_again(&lost)).await;
                    mfa.inner.withdrawals.cancel(&nonce);
                };
                drop(tokio::spawn(again.in_current_span()));
            }
        }
    }

    async fn withdraw_again(&self, lost: &Lost) {
        for wait in WAITS {
            sleep(Duration::from_secs(wait)).await;
            // The same code does not return the grant in the meantime.
            let _in_flight = self.inner.in_flight.enter(lost.key(), &lost.challenge).await;
            let is_pending = self.inner.withdrawals.is_pending(&lost.nonce);
            if !is_pending || matches!(self.try_withdraw(lost).await, Ok(true)) {
                return;
            }
        }
    }

    /// Withdraws the grant, if there is one. Returns whether there is none from now on.
    async fn try_withdraw(&self, lost: &Lost) -> Result<bool, BackendError> {
        let (key, challenge, now) = (lost.key(), &lost.challenge, self.inner.clock.now());
        let request = FindRepeat { key, challenge, attempt: lost.attempt, proofs: &lost.proofs, now };
        match self.inner.store.find_repeat(request).await? {
            RepeatLookup::Found(repeat) if repeat.nonce == lost.nonce => match key.approval {
                Some(id) => {
                    let what = Revocation::Approval(*key.login, *key.scope, *id);
                    self.inner.store.revoke(key.user, what).await.map(|()| true)
                }
                None => self.inner.store.consume(key, &repeat.grant, now).await.map(|_| true),
            },
            // Another attempt redeemed the challenge.
            RepeatLookup::Found(_) => Ok(true),
            // Another attempt with the same code is at the provider.
            RepeatLookup::Pending => Ok(false),
            RepeatLookup::Nothing => self.end_challenge(lost).await,
        }
    }

    /// Ends the challenge of a redemption that has made no grant yet. Returns whether it is over.
    async fn end_challenge(&self, lost: &Lost) -> Result<bool, BackendError> {
        let (key, challenge, proofs) = (lost.key(), &lost.challenge, &*lost.proofs);
        let (rule, now) = (&self.inner.policy.locks, self.inner.clock.now());
        // The challenge went to none of these numbers, so the store ends it instead of counting an attempt.
        let request = ReserveAttempt { key, challenge, numbers: Some(&[]), proofs, rule, now };
        let ended = self.inner.store.reserve_attempt(request).await?;
        Ok(matches!(ended, AttemptReservation::Over))
    }
}

impl Lost {
    const fn key(&self) -> Key<'_> {
        Key {
            user: self.subject.user(),
            login: self.subject.login(),
            scope: &self.scope,
            approval: self.approval.as_ref(),
        }
    }
}
