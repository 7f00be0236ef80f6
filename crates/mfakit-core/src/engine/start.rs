//! A code is sent.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tracing::Instrument;

use crate::{
    challenge::Challenge,
    channel::Channel,
    clock::Timestamp,
    destinations::Area,
    engine::{
        count::Counted, live_challenge::LiveChallenge, mfa::Mfa, misconfigured::Misconfigured,
        start_error::StartError,
    },
    event::{EventContext, EventKind, with_causes},
    provider::{ProviderErrorKind, SendRequest},
    risk::{OnRiskError, PlannedSend, Risk},
    scope::Scope,
    sent_text::compose,
    store::{Key, OpenOutcome},
    subject::Subject,
    timeout::{CALL_TIMEOUT, with_timeout},
    token::{ChallengeId, ProviderScope},
};

/// What a person asks for when they ask for a code.
#[derive(Clone, Debug)]
#[must_use]
pub struct StartRequest {
    scope: Scope,
    channel: Channel,
    return_to: Option<String>,
    address: Option<IpAddr>,
    accept_language: Option<String>,
}

impl StartRequest {
    /// A code for `scope`, sent by `channel`.
    pub const fn new(scope: Scope, channel: Channel) -> Self {
        Self { scope, channel, return_to: None, address: None, accept_language: None }
    }

    /// Where the person was going, sealed.
    pub fn return_to(mut self, sealed: impl Into<Option<String>>) -> Self {
        self.return_to = sealed.into();
        self
    }

    /// Where the request comes from, found out as [`client_address`](crate::engine::MfaBuilder::client_address) says.
    pub fn address(mut self, address: impl Into<Option<IpAddr>>) -> Self {
        self.address = address.into();
        self
    }

    /// Which languages the person reads, as their browser's `Accept-Language` says: the message is in one of the
    /// [builder's](crate::engine::MfaBuilder::messages) that suits.
    pub fn accept_language(mut self, languages: impl Into<Option<String>>) -> Self {
        self.accept_language = languages.into();
        self
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
    pub async fn start(&self, subject: &Subject, request: StartRequest) -> Result<LiveChallenge, StartError> {
        let (scope, channel, address) = (request.scope, request.channel, request.address);
        let sent = Arc::new(AtomicBool::new(false));
        let record = {
            let (mfa, subject, sent) = (self.clone(), subject.clone(), sent.clone());
            move |refusal: &StartError| {
                // What was sent has its record already, whatever became of it afterwards.
                if !sent.load(Ordering::SeqCst) {
                    let about =
                        EventContext::subject(&subject).scope(&scope).channel(channel).address(address);
                    mfa.observe(about, refusal.event());
                }
            }
        };
        let ceremony = {
            let (mfa, subject, record) = (self.clone(), subject.clone(), record.clone());
            async move { mfa.start_to_the_end(&subject, request, &sent).await.inspect_err(record) }
        };
        // The log keeps what happens here with the request that asked, though no longer in its task.
        tokio::spawn(ceremony.in_current_span()).await.unwrap_or_else(|stopped| {
            if !stopped.is_panic() {
                // The runtime shuts down.
                return Err(StartError::Unavailable);
            }
            let panicked = Misconfigured::panicked("directory, risk check, provider or store");
            let refusal = StartError::Misconfigured(self.misconfigured(panicked));
            record(&refusal);
            Err(refusal)
        })
    }

    async fn start_to_the_end(
        &self,
        subject: &Subject,
        request: StartRequest,
        sent: &AtomicBool,
    ) -> Result<LiveChallenge, StartError> {
        let StartRequest { scope, channel, return_to, address, accept_language } = request;
        self.named(Some(subject)).map_err(StartError::Misconfigured)?;
        let entry = self.declared(&scope).map_err(StartError::Misconfigured)?;
        if !entry.channels().contains(&channel) {
            return Err(StartError::ChannelUnavailable);
        }
        if self.client_address().is_some() && address.is_none() {
            return Err(StartError::Misconfigured(self.misconfigured(Misconfigured::no_address())));
        }
        // An address of which nobody said how it was found out decides nothing.
        let address = address.filter(|_| self.client_address().is_some());
        let key = Key { user: subject.user(), login: subject.login(), scope: &scope };
        let id = ChallengeId::random();
        let Counted { on_file, area, resend_at } = self.count(key, &id, channel, address).await?;
        let plan = PlannedSend { subject, scope: &scope, channel, number: &on_file.number, address };
        self.check_risk(&plan).await?;
        let provider_scope = ProviderScope::random(&scope);
        let messages = self.messages(accept_language.as_deref());
        let lifetime = self.inner.policy.code_lifetime;
        let message = compose(channel, self.site(), messages, self.label(entry, messages), lifetime);
        let send = SendRequest {
            to: &on_file.number,
            channel,
            scope: &provider_scope,
            message: &message,
            digits: self.inner.policy.code_digits,
        };
        let about =
            EventContext::subject(subject).scope(&scope).channel(channel).challenge(&id).address(address);
        self.send(about, &send, area, resend_at).await?;
        sent.store(true, Ordering::SeqCst);
        let now = self.inner.clock.now();
        let challenge = Challenge {
            id,
            login: *subject.login(),
            scope,
            channel,
            provider_scope,
            number: on_file.hash(),
            last_two: on_file.number.last_two().to_owned(),
            sent_at: now,
            expires_at: now.plus(self.inner.policy.code_lifetime),
            resend_at,
            attempts: self.inner.policy.attempts,
            attempts_used: 0,
            return_to,
        };
        match self.ask_store(self.inner.store.open_challenge(subject.user(), &challenge)).await? {
            OpenOutcome::Opened => Ok(LiveChallenge::seen(&challenge, now)),
            OpenOutcome::Over => Err(StartError::Revoked),
        }
    }

    /// Asks the app's own check, if it has one.
    async fn check_risk(&self, plan: &PlannedSend<'_>) -> Result<(), StartError> {
        let Some((check, on_error)) = &self.inner.risk else { return Ok(()) };
        let error = match with_timeout(check.assess(plan)).await {
            Some(Ok(Risk::Accept)) => return Ok(()),
            Some(Ok(Risk::Refuse)) => return Err(StartError::Risky),
            Some(Err(error)) => with_causes(&*error),
            None => format!("no answer within {CALL_TIMEOUT:?}"),
        };
        let about = EventContext::subject(plan.subject).scope(plan.scope).channel(plan.channel);
        self.observe(about, EventKind::AppFailed { function: "risk check", error: &error });
        match on_error {
            OnRiskError::Send => Ok(()),
            OnRiskError::Refuse => Err(StartError::Unavailable),
        }
    }

    async fn send(
        &self,
        about: EventContext<'_>,
        send: &SendRequest<'_>,
        area: Area,
        resend_at: Timestamp,
    ) -> Result<(), StartError> {
        let (kind, error) = match with_timeout(self.inner.provider.send(send)).await {
            Some(Ok(accepted)) => {
                let (sent_to, region, provider_id) = (&send.to.to_string(), &area.to_string(), &accepted.id);
                self.observe(about, EventKind::CodeSent { sent_to, region, provider_id });
                return Ok(());
            }
            Some(Err(error)) => (error.kind(), with_causes(&error)),
            None => (ProviderErrorKind::Failed, format!("no answer within {CALL_TIMEOUT:?}")),
        };
        self.observe(about, EventKind::ProviderFailed { kind, error: &error });
        Err(match kind {
            // Whichever wait is the longer is the true one: the send stays counted.
            ProviderErrorKind::Throttled { retry_after } => {
                let cool_down = resend_at.since(self.inner.clock.now());
                StartError::Throttled { retry_after: retry_after.max(cool_down) }
            }
            ProviderErrorKind::Credentials
            | ProviderErrorKind::Request
            | ProviderErrorKind::Unreachable
            | ProviderErrorKind::Failed
            | ProviderErrorKind::Answer => StartError::ProviderFailed,
        })
    }
}
