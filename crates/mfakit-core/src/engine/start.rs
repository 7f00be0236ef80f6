//! A code is sent.

use std::time::Duration;

use tracing::Instrument;

use crate::{
    Challenge, ChallengeId, Channel, Event, Key, LiveChallenge, Mfa, Misconfigured, Opening, PhoneNumber,
    ProviderErrorKind, ProviderScope, ReserveSend, Scope, SendRequest, SendReservation, Subject, Timestamp,
    event::with_causes,
    message::compose,
    patience::{PATIENCE, patiently},
};

/// How long after a send the waits begin anew.
const FORGET_SENDS_AFTER: Duration = Duration::from_hours(1);

/// What a person asks for when they ask for a code.
#[derive(Clone, Debug)]
#[must_use]
pub struct StartRequest {
    scope: Scope,
    channel: Channel,
    return_to: Option<String>,
}

impl StartRequest {
    /// A code for `scope`, sent by `channel`.
    pub const fn new(scope: Scope, channel: Channel) -> Self {
        Self { scope, channel, return_to: None }
    }

    /// Where the person was going, sealed.
    pub fn return_to(mut self, sealed: impl Into<Option<String>>) -> Self {
        self.return_to = sealed.into();
        self
    }
}

/// Why no code was sent.
#[derive(Clone, Debug)]
#[must_use]
pub enum StartRefusal {
    /// The directory has no number for the user.
    NoNumber,
    /// Codes for this scope do not travel this way.
    ChannelUnavailable,
    /// The number belongs to no country on the list.
    DestinationRefused,
    /// The send before is too recent.
    CoolingDown {
        /// How long to wait.
        retry_after: Duration,
        /// The live challenge of this log-in and scope, if there is one.
        live: Option<Box<LiveChallenge>>,
    },
    /// The provider asks to wait.
    Throttled {
        /// How long.
        retry_after: Duration,
    },
    /// The provider erred; whether anything was sent is not known.
    ProviderFailed,
    /// The log-in, the scope or the user was revoked while the code was on its way.
    Revoked,
    /// The store or the directory could not be asked.
    Unavailable,
    /// The app is put together wrongly.
    Misconfigured(Misconfigured),
}

impl StartRefusal {
    const fn why(&self) -> &'static str {
        match self {
            Self::NoNumber => "no number",
            Self::ChannelUnavailable => "channel unavailable",
            Self::DestinationRefused => "destination refused",
            Self::CoolingDown { .. } => "cooling down",
            Self::Throttled { .. } => "provider throttled",
            Self::ProviderFailed => "provider failed",
            Self::Revoked => "revoked",
            Self::Unavailable => "unavailable",
            Self::Misconfigured(_) => "misconfigured",
        }
    }

    const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::CoolingDown { retry_after, .. } | Self::Throttled { retry_after } => Some(*retry_after),
            Self::NoNumber
            | Self::ChannelUnavailable
            | Self::DestinationRefused
            | Self::ProviderFailed
            | Self::Revoked
            | Self::Unavailable
            | Self::Misconfigured(_) => None,
        }
    }
}

impl Mfa {
    /// Sends a code to the number on file.
    ///
    /// The send is counted in the store first and stays counted, whatever the provider says and whether or
    /// not the caller waits for the answer. Must be called within a tokio runtime.
    ///
    /// # Errors
    ///
    /// Why no code was sent.
    pub async fn start(
        &self,
        subject: &Subject,
        request: StartRequest,
    ) -> Result<LiveChallenge, StartRefusal> {
        let (mfa, subject) = (self.clone(), subject.clone());
        let ceremony = async move {
            let (scope, channel) = (request.scope, request.channel);
            mfa.start_to_the_end(&subject, request).await.inspect_err(|refusal| {
                let (why, retry_after) = (refusal.why(), refusal.retry_after());
                mfa.observe(&Event::SendRefused {
                    user: subject.user(),
                    scope: &scope,
                    channel,
                    why,
                    retry_after,
                });
            })
        };
        // The log keeps what happens here with the request that asked, though no longer in its task.
        tokio::spawn(ceremony.in_current_span()).await.unwrap_or_else(|stopped| {
            if !stopped.is_panic() {
                // The runtime shuts down.
                return Err(StartRefusal::Unavailable);
            }
            let panicked = Misconfigured::panicked("directory, provider or store");
            Err(StartRefusal::Misconfigured(self.misconfigured(panicked)))
        })
    }

    async fn start_to_the_end(
        &self,
        subject: &Subject,
        request: StartRequest,
    ) -> Result<LiveChallenge, StartRefusal> {
        let StartRequest { scope, channel, return_to } = request;
        let entry = self.declared(&scope).map_err(StartRefusal::Misconfigured)?;
        if !entry.channels().contains(&channel) {
            return Err(StartRefusal::ChannelUnavailable);
        }
        let on_file = self.number_on_file(subject.user()).await?.ok_or(StartRefusal::NoNumber)?;
        if !self.may_send_to(&on_file.number, channel) {
            return Err(StartRefusal::DestinationRefused);
        }
        let key = Key { user: subject.user(), login: subject.login(), scope: &scope };
        let id = ChallengeId::fresh();
        let resend_at = self.reserve_send(key, &id).await?;
        let provider_scope = ProviderScope::fresh(&scope);
        let message = compose(channel, self.site().name(), entry.label(), self.inner.policy.code_lifetime);
        let send = SendRequest {
            to: &on_file.number,
            channel,
            scope: &provider_scope,
            message: &message,
            digits: self.inner.policy.code_digits,
        };
        self.send(subject, &scope, &send, resend_at).await?;
        let now = self.inner.clock.now();
        let challenge = Challenge {
            id,
            login: *subject.login(),
            scope,
            channel,
            provider_scope,
            number: on_file.hashes.first().copied().unwrap_or_default(),
            last_two: on_file.number.last_two().to_owned(),
            sent_at: now,
            expires_at: now.plus(self.inner.policy.code_lifetime),
            resend_at,
            attempts: self.inner.policy.attempts,
            attempts_used: 0,
            return_to,
        };
        match self.ask_store(self.inner.store.open_challenge(subject.user(), challenge.clone())).await {
            Ok(Opening::Opened) => Ok(LiveChallenge::seen(&challenge, now)),
            Ok(Opening::Over) => Err(StartRefusal::Revoked),
            Err(_) => Err(StartRefusal::Unavailable),
        }
    }

    /// Whether the number's country is on the channel's list, and the number one that a person answers: no
    /// country means no, and so does a premium, shared-cost, personal or toll-free number [SEND-4].
    fn may_send_to(&self, number: &PhoneNumber, channel: Channel) -> bool {
        let regions = match channel {
            Channel::Messaging => &self.inner.messaging_to,
            Channel::Voice => &self.inner.voice_to,
        };
        number.is_personal_line() && number.region().is_some_and(|region| regions.contains(&region))
    }

    async fn reserve_send(&self, key: Key<'_>, challenge: &ChallengeId) -> Result<Timestamp, StartRefusal> {
        let now = self.inner.clock.now();
        let cool_down = &self.inner.policy.cool_down;
        let request = ReserveSend { key, challenge, cool_down, forget_after: FORGET_SENDS_AFTER, now };
        match self.ask_store(self.inner.store.reserve_send(request)).await {
            Ok(SendReservation::Reserved { resend_at }) => Ok(resend_at),
            Ok(SendReservation::CoolingDown { resend_at, live }) => Err(StartRefusal::CoolingDown {
                retry_after: resend_at.since(now),
                live: live.map(|challenge| Box::new(LiveChallenge::seen(&challenge, now))),
            }),
            Err(_) => Err(StartRefusal::Unavailable),
        }
    }

    async fn send(
        &self,
        subject: &Subject,
        scope: &Scope,
        send: &SendRequest<'_>,
        resend_at: Timestamp,
    ) -> Result<(), StartRefusal> {
        let (kind, error) = match patiently(self.inner.provider.send(send)).await {
            Some(Ok(accepted)) => {
                self.observe(&Event::CodeSent {
                    user: subject.user(),
                    scope,
                    channel: send.channel,
                    sent_to: &send.to.to_string(),
                    provider_id: &accepted.id,
                });
                return Ok(());
            }
            Some(Err(error)) => (error.kind(), with_causes(&error)),
            None => (ProviderErrorKind::Failed, format!("no answer within {PATIENCE:?}")),
        };
        self.observe(&Event::ProviderFailed { scope, kind, error: &error });
        Err(match kind {
            // Whichever wait is the longer is the true one: the send stays counted.
            ProviderErrorKind::Throttled { retry_after } => {
                let cool_down = resend_at.since(self.inner.clock.now());
                StartRefusal::Throttled { retry_after: retry_after.max(cool_down) }
            }
            ProviderErrorKind::Credentials
            | ProviderErrorKind::Request
            | ProviderErrorKind::Unreachable
            | ProviderErrorKind::Failed
            | ProviderErrorKind::Answer => StartRefusal::ProviderFailed,
        })
    }
}
