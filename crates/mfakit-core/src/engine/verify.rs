//! A code is checked.

use std::time::Duration;

use tracing::Instrument;

use crate::{
    AttemptReservation, Binding, Challenge, ChallengeId, Code, Event, Grant, GrantToken, Key, Mfa,
    Misconfigured, ProviderErrorKind, Recognition, Redeem, Redemption, ReserveAttempt, Revocation, Scope,
    StoreError, Subject, Verdict, VerifyRequest,
    engine::mfa::OnFile,
    event::with_causes,
    patience::{PATIENCE, patiently},
};

/// A challenge was met.
#[derive(Debug)]
#[must_use]
pub struct Verified {
    /// The grant that was made.
    pub grant: Grant,
    /// The value of the grant cookie. `None` for a bearer token, which needs no cookie.
    pub token: Option<GrantToken>,
    /// For how long.
    pub lifetime: Duration,
    /// Where the person was going, sealed.
    pub return_to: Option<String>,
}

/// Why no grant was made.
#[derive(Clone, Debug)]
#[must_use]
pub enum VerifyRefusal {
    /// It is not the code that was sent.
    WrongCode {
        /// How many more may be tried.
        attempts_left: u32,
    },
    /// What was typed can be no code; it counted for nothing.
    MalformedCode,
    /// There is no such challenge for this log-in and scope, or it is over: one answer for all.
    ChallengeOver,
    /// The provider asks to wait.
    Throttled {
        /// How long.
        retry_after: Duration,
    },
    /// The provider erred; whether the code was right is not known.
    ProviderFailed,
    /// The store or the directory could not be asked.
    Unavailable,
    /// The app is put together wrongly.
    Misconfigured(Misconfigured),
}

impl Mfa {
    /// Checks a code against a challenge; the right one makes a grant.
    ///
    /// The attempt is counted in the store before the provider hears of it, and stays counted whether or
    /// not the caller waits for the answer. Must be called within a tokio runtime.
    ///
    /// # Errors
    ///
    /// Why no grant was made.
    pub async fn verify(
        &self,
        subject: &Subject,
        scope: &Scope,
        challenge: &ChallengeId,
        code: &Code,
    ) -> Result<Verified, VerifyRefusal> {
        if code.digits() != usize::from(self.inner.policy.code_digits) {
            return Err(VerifyRefusal::MalformedCode);
        }
        let (mfa, subject, scope, challenge, code) =
            (self.clone(), subject.clone(), *scope, *challenge, code.clone());
        let ceremony = async move { mfa.verify_to_the_end(&subject, &scope, &challenge, &code).await };
        // The log keeps what happens here with the request that asked, though no longer in its task.
        tokio::spawn(ceremony.in_current_span()).await.unwrap_or_else(|stopped| {
            if !stopped.is_panic() {
                // The runtime shuts down.
                return Err(VerifyRefusal::Unavailable);
            }
            let panicked = Misconfigured::panicked("directory, provider or store");
            Err(VerifyRefusal::Misconfigured(self.misconfigured(panicked)))
        })
    }

    async fn verify_to_the_end(
        &self,
        subject: &Subject,
        scope: &Scope,
        id: &ChallengeId,
        code: &Code,
    ) -> Result<Verified, VerifyRefusal> {
        let lifetime = self.declared(scope).map_err(VerifyRefusal::Misconfigured)?.grant_lifetime();
        let key = Key { user: subject.user(), login: subject.login(), scope };
        let on_file = self.number_on_file(subject.user()).await.map_err(|_| VerifyRefusal::Unavailable)?;
        // Without a number there is no hash that a challenge could have kept, so any challenge is over.
        let numbers = on_file.as_ref().map_or(&[] as &[_], |on_file| &on_file.hashes);
        let challenge = self.reserve_attempt(key, id, numbers).await?;
        let on_file = on_file.ok_or(VerifyRefusal::ChallengeOver)?;
        match self.ask_provider(&challenge, &on_file, code).await? {
            Verdict::Approved => self.redeem(subject, challenge, lifetime).await,
            Verdict::Rejected => {
                let attempts_left = challenge.attempts_left();
                self.observe(&Event::CodeRejected { user: subject.user(), scope, attempts_left });
                Err(VerifyRefusal::WrongCode { attempts_left })
            }
        }
    }

    async fn reserve_attempt(
        &self,
        key: Key<'_>,
        challenge: &ChallengeId,
        numbers: &[[u8; 32]],
    ) -> Result<Challenge, VerifyRefusal> {
        let request = ReserveAttempt { key, challenge, numbers, now: self.inner.clock.now() };
        match self.ask_store(self.inner.store.reserve_attempt(request)).await {
            Ok(AttemptReservation::Reserved(challenge)) => Ok(*challenge),
            Ok(AttemptReservation::Over) => {
                self.observe(&Event::ChallengeOver { user: key.user, scope: key.scope });
                Err(VerifyRefusal::ChallengeOver)
            }
            Err(_) => Err(VerifyRefusal::Unavailable),
        }
    }

    async fn ask_provider(
        &self,
        challenge: &Challenge,
        on_file: &OnFile,
        code: &Code,
    ) -> Result<Verdict, VerifyRefusal> {
        let request = VerifyRequest {
            to: &on_file.number,
            scope: &challenge.provider_scope,
            code,
            lifetime: self.inner.policy.code_lifetime,
        };
        let (kind, error) = match patiently(self.inner.provider.verify(&request)).await {
            Some(Ok(verdict)) => return Ok(verdict),
            Some(Err(error)) => (error.kind(), with_causes(&error)),
            None => (ProviderErrorKind::Failed, format!("no answer within {PATIENCE:?}")),
        };
        self.observe(&Event::ProviderFailed { scope: &challenge.scope, kind, error: &error });
        Err(match kind {
            ProviderErrorKind::Throttled { retry_after } => VerifyRefusal::Throttled { retry_after },
            ProviderErrorKind::Credentials
            | ProviderErrorKind::Request
            | ProviderErrorKind::Unreachable
            | ProviderErrorKind::Failed
            | ProviderErrorKind::Answer => VerifyRefusal::ProviderFailed,
        })
    }

    pub(crate) async fn redeem(
        &self,
        subject: &Subject,
        challenge: Challenge,
        lifetime: Duration,
    ) -> Result<Verified, VerifyRefusal> {
        let token = match subject.recognition() {
            Recognition::Cookie => Some(GrantToken::fresh()),
            Recognition::Bearer => None,
        };
        let redeem = Redeem {
            key: Key { user: subject.user(), login: subject.login(), scope: &challenge.scope },
            challenge: &challenge.id,
            binding: token.as_ref().map_or(Binding::Bearer, |token| Binding::Cookie(token.hash())),
            lifetime,
            now: self.inner.clock.now(),
        };
        let record = match self.ask_store(self.inner.store.redeem(redeem)).await {
            Ok(Redemption::Granted(record)) => record,
            Ok(Redemption::Over) => {
                self.observe(&Event::ChallengeOver { user: subject.user(), scope: &challenge.scope });
                return Err(VerifyRefusal::ChallengeOver);
            }
            Err(_) => {
                // The store may have made the grant before it fell silent. Nobody was told of one, so there is
                // to be none; if the store is silent still, the log says that it failed twice.
                let made = Revocation::Elevation(*subject.login(), challenge.scope);
                let _: Result<(), StoreError> =
                    self.ask_store(self.inner.store.revoke(subject.user(), made)).await;
                return Err(VerifyRefusal::Unavailable);
            }
        };
        let (scope, channel) = (&challenge.scope, record.channel);
        self.observe(&Event::Granted { user: subject.user(), scope, channel, lifetime: record.lifetime() });
        let grant = Grant {
            scope: challenge.scope,
            verified_at: record.verified_at,
            expires_at: record.expires_at,
            channel: record.channel,
            recognition: subject.recognition(),
        };
        Ok(Verified { grant, token, lifetime: record.lifetime(), return_to: challenge.return_to })
    }
}
