//! Counts an attempt before its code is sent, and releases it if the code is not sent.

use crate::{
    challenge::Challenge,
    engine::{
        backend_error::{BackendError, unless_panicked},
        mfa::Mfa,
        number_on_file::OnFile,
        verify_error::VerifyError,
    },
    event::EventContext,
    lock::Lock,
    proof::Entered,
    store::{AttemptReservation, Key, ReleaseAttempt, Repeat, ReserveAttempt},
};

/// Attempt before the provider is called.
pub(super) enum Begun {
    /// The attempt was counted, and the code must be sent with this number.
    Counted(Attempt, OnFile),
    /// The code was right before.
    Repeated(Box<Repeat>),
}

/// Result of reserving an attempt in the store.
enum Entry {
    Counted(Attempt),
    Repeated(Box<Repeat>),
    /// Nothing was counted before the number is known.
    NumberNeeded,
}

/// An attempt that was counted.
pub(super) struct Attempt {
    pub(super) challenge: Box<Challenge>,
    pub(super) number: u32,
    pub(super) failures: u32,
    pub(super) lock: Lock,
    pub(super) era: u64,
}

impl Mfa {
    /// Counts an attempt, and queries the number to call the provider with. The directory is queried after the attempt is
    /// counted, unless the attempt would lock the user.
    pub(super) async fn begin_attempt(
        &self,
        about: EventContext<'_>,
        entered: Entered<'_>,
    ) -> Result<Begun, VerifyError> {
        match self.reserve_attempt(about, entered, None).await? {
            Entry::Counted(attempt) => {
                let on_file = self.number_of(about, entered, &attempt).await?;
                Ok(Begun::Counted(attempt, on_file))
            }
            Entry::Repeated(repeat) => match self.number_for(Key::of(&entered)).await? {
                Some(on_file) if on_file.has_hash(&repeat.challenge.number) => Ok(Begun::Repeated(repeat)),
                other => Err(self.over_by_number(about, entered, other.as_ref()).await),
            },
            Entry::NumberNeeded => {
                let Some(on_file) = self.number_for(Key::of(&entered)).await? else {
                    return Err(self.over_by_number(about, entered, None).await);
                };
                match self.reserve_attempt(about, entered, Some(&on_file.hashes)).await? {
                    Entry::Counted(attempt) => Ok(Begun::Counted(attempt, on_file)),
                    Entry::Repeated(repeat) => Ok(Begun::Repeated(repeat)),
                    Entry::NumberNeeded => {
                        let broken = "reserve_attempt asked for the number on file, which the request names";
                        Err(self.inner.store.broke_contract(broken).into())
                    }
                }
            }
        }
    }

    /// Returns the number to call the provider with: the one on file, if the challenge went to it. Otherwise the code is
    /// not sent, and nothing of the attempt stays counted.
    async fn number_of(
        &self,
        about: EventContext<'_>,
        entered: Entered<'_>,
        attempt: &Attempt,
    ) -> Result<OnFile, VerifyError> {
        let on_file = match self.number_for(Key::of(&entered)).await {
            Ok(Some(on_file)) if on_file.has_hash(&attempt.challenge.number) => return Ok(on_file),
            other => other,
        };
        let released = self.release_attempt(entered, attempt, true).await;
        // If both failed, the directory failed first.
        let on_file = on_file?;
        unless_panicked(released)?;
        Err(self.over_by_number(about, entered, on_file.as_ref()).await)
    }

    /// Ends a challenge that went to another number than the one on file. Returns the error.
    pub(super) async fn over_by_number(
        &self,
        about: EventContext<'_>,
        entered: Entered<'_>,
        on_file: Option<&OnFile>,
    ) -> VerifyError {
        // Without a number there is no hash that a challenge could have kept.
        let numbers = on_file.map_or(&[] as &[_], |on_file| &on_file.hashes);
        // The store ends the challenge instead of counting an attempt, because its number is not among these.
        self.reserve_attempt(about, entered, Some(numbers)).await.err().unwrap_or(VerifyError::ChallengeOver)
    }

    pub(super) async fn release_attempt(
        &self,
        entered: Entered<'_>,
        attempt: &Attempt,
        unsent: bool,
    ) -> Result<(), BackendError> {
        let request = ReleaseAttempt {
            key: Key::of(&entered),
            challenge: entered.challenge,
            attempt: attempt.number,
            era: attempt.era,
            unsent,
            rule: &self.inner.policy.locks,
            now: self.inner.clock.now(),
        };
        self.inner.store.release_attempt(request).await
    }

    async fn reserve_attempt(
        &self,
        about: EventContext<'_>,
        entered: Entered<'_>,
        numbers: Option<&[[u8; 32]]>,
    ) -> Result<Entry, VerifyError> {
        let (rule, now) = (&self.inner.policy.locks, self.inner.clock.now());
        let (key, challenge) = (Key::of(&entered), entered.challenge);
        let proofs = &*entered.proofs(self.keys());
        let request = ReserveAttempt { key, challenge, numbers, proofs, rule, now };
        match self.inner.store.reserve_attempt(request).await? {
            AttemptReservation::Reserved { failures: 0, .. } => {
                let broken = "reserve_attempt counted an attempt, and returned no failure";
                Err(self.inner.store.broke_contract(broken).into())
            }
            AttemptReservation::Reserved { challenge, attempt: number, failures, lock, era } => {
                Ok(Entry::Counted(Attempt { challenge, number, failures, lock, era }))
            }
            AttemptReservation::Repeated(repeat) => Ok(Entry::Repeated(repeat)),
            AttemptReservation::Rejected { challenge, failures, lock } => {
                // The challenge is reported as over, as if no code had been compared.
                self.tell_rejected(about.channel(challenge.method.sent_over()), &challenge, failures, lock);
                Err(VerifyError::ChallengeOver)
            }
            AttemptReservation::NumberNeeded => Ok(Entry::NumberNeeded),
            AttemptReservation::Over => Err(self.challenge_over(about)),
            AttemptReservation::Locked(lock) => Err(self.locked(about, lock)),
        }
    }
}
