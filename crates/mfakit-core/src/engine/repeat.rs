//! Answers a right code that is entered again: a double click, a lost answer, or a form that the browser
//! sends once more.
//!
//! The answer is the same as the first time, with the same token, for as long as the grant and the challenge
//! last. The store recognizes the code. Nothing is counted, and the provider is not called.

use std::time::Duration;

use crate::{
    engine::{
        backend_error::unless_panicked, mfa::Mfa, misconfigured::Misconfigured, verified::Verified,
        verify_error::VerifyError,
    },
    event::{EventContext, EventKind},
    grant::Binding,
    proof::Entered,
    store::{FindRepeat, Key, Repeat, RepeatLookup},
};

/// Number of lookups for the grant that the same code is about to make. The other attempt already has the
/// provider's answer, so its grant is only one command to the store away.
const LOOKS: u32 = 6;
const PAUSE: Duration = Duration::from_millis(100);

impl Mfa {
    /// Answers a code as it was answered the first time.
    pub(super) fn repeated(
        &self,
        about: EventContext<'_>,
        entered: Entered<'_>,
        repeat: Repeat,
    ) -> Result<Verified, VerifyError> {
        let Repeat { challenge, grant: record, nonce } = repeat;
        let token = match record.binding {
            Binding::Bearer => None,
            Binding::Cookie(hash) => {
                let tokens = entered.tokens(self.keys(), &nonce);
                // The grant was made under a secret that is no longer in the ring.
                let token = tokens.into_iter().find(|token| token.hash() == hash);
                Some(token.ok_or(VerifyError::ChallengeOver)?)
            }
        };
        self.inner.withdrawals.cancel(&nonce);
        let lifetime = record.expires_at.since(self.inner.clock.now());
        let about = about.channel(record.method.sent_over()).approval(record.approval.as_ref());
        self.observe(about, EventKind::Repeated { lifetime });
        let grant = record.grant(challenge.scope);
        Ok(Verified { grant, token, lifetime, return_to: challenge.return_to })
    }

    /// Answers an attempt that was overtaken by the same code, perhaps on another instance: the other attempt
    /// redeemed the challenge, and the provider accepts a code only once. Returns `None` if the code redeemed
    /// nothing, or if the store failed.
    ///
    /// # Errors
    ///
    /// Returns an error if the store panicked.
    pub(super) async fn find_repeat(
        &self,
        about: EventContext<'_>,
        entered: Entered<'_>,
        attempt: u32,
    ) -> Result<Option<Verified>, Misconfigured> {
        let (key, challenge) = (Key::of(&entered), entered.challenge);
        let proofs = &*entered.proofs(self.keys());
        for look in 1..=LOOKS {
            let now = self.inner.clock.now();
            let request = FindRepeat { key, challenge, attempt, proofs, now };
            match unless_panicked(self.inner.store.find_repeat(request).await)? {
                Some(RepeatLookup::Found(repeat)) => return Ok(self.repeated(about, entered, *repeat).ok()),
                Some(RepeatLookup::Pending) if look < LOOKS => tokio::time::sleep(PAUSE).await,
                Some(RepeatLookup::Pending | RepeatLookup::Nothing) | None => break,
            }
        }
        Ok(None)
    }
}
