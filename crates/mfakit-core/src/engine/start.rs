//! Sends a verification code.
//!
//! Up to four steps of the store come before the answer. Each is one round trip, and none can be left out or moved:
//!
//! 1. The user's own limits, before the directory is queried. They depend on no other user.
//! 2. The number's budget, with a look at those of its block and address, which a number that completed a challenge does
//!    not need.
//! 3. The budgets of the block and the address, otherwise. All counts come before the provider is called.
//! 4. The challenge, after the provider accepted the message. So a failed send does not end the previous code.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::{
    action::{ApprovalId, Words},
    catalog::ScopeSettings,
    challenge::Challenge,
    channel::Channel,
    clock::Timestamp,
    destinations::Area,
    engine::{
        check_number::CheckedCode,
        count::{Asked, Counted},
        live_challenge::LiveChallenge,
        mfa::Mfa,
        misconfigured::Misconfigured,
        reason::Ended,
        spans,
        start_error::StartError,
        task::Stopped,
    },
    event::{EventContext, EventKind},
    number_tokens::NumberTokens,
    provider::{ProviderErrorKind, SendRequest},
    risk::{OnRiskError, PlannedSend, Risk},
    scope::Scope,
    sent_text::{NoRoom, SentText, compose},
    store::{Key, OpenOutcome},
    subject::Subject,
    token::{ChallengeId, GrantToken, ProviderScope},
};

/// Request for a code, made by a user.
///
/// | setting | default |
/// |---|---|
/// | [`return_to`](Self::return_to) | none |
/// | [`address`](Self::address) | unknown |
/// | [`accept_language`](Self::accept_language) | the builder's first language |
/// | [`approval`](Self::approval) | none: the code confirms the scope, and no action |
/// | [`manage`](Self::manage) | none |
///
/// ```
/// use mfakit_core::{Channel, Scope, StartRequest};
///
/// let request = StartRequest::new(Scope::new("transfer")?, Channel::Messaging)
///     .address("192.0.2.7".parse().ok())
///     .accept_language("de-CH, de;q=0.9".to_owned());
/// # Ok::<(), mfakit_core::error::InvalidScope>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct StartRequest {
    scope: Scope,
    channel: Channel,
    return_to: Option<String>,
    address: Option<IpAddr>,
    accept_language: Option<String>,
    approval: Option<ApprovalId>,
    tokens: NumberTokens,
}

impl StartRequest {
    /// Creates a request for a code for `scope`, to be sent by `channel`.
    pub const fn new(scope: Scope, channel: Channel) -> Self {
        Self {
            scope,
            channel,
            return_to: None,
            address: None,
            accept_language: None,
            approval: None,
            tokens: NumberTokens::new(),
        }
    }

    /// Sets the page that the user requested, signed.
    pub fn return_to(mut self, signed: impl Into<Option<String>>) -> Self {
        self.return_to = signed.into();
        self
    }

    /// Sets the address of the request, determined as [`client_address`] configures it. Without that setting of the
    /// builder, the address is ignored.
    ///
    /// [`client_address`]: crate::engine::MfaBuilder::client_address
    pub fn address(mut self, address: impl Into<Option<IpAddr>>) -> Self {
        self.address = address.into();
        self
    }

    /// Sets the languages that the user reads, in the format of the `Accept-Language` header. The message is in the
    /// best match among the [builder's languages](crate::engine::MfaBuilder::messages).
    pub fn accept_language(mut self, languages: impl Into<Option<String>>) -> Self {
        self.accept_language = languages.into();
        self
    }

    /// Sets the approval of the action that the code is for. The message names the amount and the payee of the action, and
    /// the code approves nothing else. A resend keeps the approval.
    pub fn approval(mut self, approval: impl Into<Option<ApprovalId>>) -> Self {
        self.approval = approval.into();
        self
    }

    /// Sets the value of the cookie of the grant of [`Scope::MANAGE`]. A code to a new number needs it if a number is on file
    /// and the user was recognized by a cookie.
    pub fn manage(mut self, token: impl Into<Option<GrantToken>>) -> Self {
        self.tokens.manage = token.into();
        self
    }

    /// Sets the value of the cookie of what a recovery code has opened: [`Recovered::token`](crate::engine::Recovered::token).
    pub fn recovery(mut self, token: impl Into<Option<GrantToken>>) -> Self {
        self.tokens.recovery = token.into();
        self
    }
}

impl Mfa {
    /// Sends a code to the number on file.
    ///
    /// The send is counted in the store before the provider is called. It stays counted, whatever the provider's
    /// answer, and even if the caller stops waiting. Must be called within a tokio runtime.
    ///
    /// # Errors
    ///
    /// Returns the reason why no code was sent.
    pub async fn start(&self, subject: &Subject, request: StartRequest) -> Result<LiveChallenge, StartError> {
        let declared = self.scope(&request.scope).map(ScopeSettings::scope);
        let span = spans::start(declared, request.channel);
        spans::within(span, self.started(subject, request), Ended::start).await
    }

    async fn started(&self, subject: &Subject, request: StartRequest) -> Result<LiveChallenge, StartError> {
        let (scope, channel, address, approval) =
            (request.scope, request.channel, request.address, request.approval);
        let sent = Arc::new(AtomicBool::new(false));
        let record = {
            let (mfa, subject, sent) = (self.clone(), subject.clone(), sent.clone());
            move |error: &StartError| {
                // A code that was sent has already been recorded, whatever happened afterward.
                if !sent.load(Ordering::SeqCst) {
                    let about = EventContext::subject(&subject)
                        .scope(&scope)
                        .channel(channel)
                        .address(address)
                        .approval_id(approval.as_ref());
                    mfa.observe(about, error.event());
                }
            }
        };
        let ceremony = {
            let (mfa, subject, record) = (self.clone(), subject.clone(), record.clone());
            async move { mfa.start_to_the_end(&subject, request, &sent).await.inspect_err(record) }
        };
        self.to_the_end(ceremony).await.unwrap_or_else(|stopped| match stopped {
            Stopped::ShutDown => Err(StartError::Unavailable),
            Stopped::Panicked(mistake) => {
                let error = StartError::Misconfigured(mistake);
                record(&error);
                Err(error)
            }
        })
    }

    async fn start_to_the_end(
        &self,
        subject: &Subject,
        request: StartRequest,
        sent: &AtomicBool,
    ) -> Result<LiveChallenge, StartError> {
        self.named(Some(subject))?;
        let settings = self.declared(&request.scope)?;
        self.check_request(settings, &request)?;
        let StartRequest { scope, channel, return_to, address, accept_language, approval, tokens } = request;
        // An address decides nothing unless the app configures how it is determined.
        let address = address.filter(|_| self.client_address().is_some());
        let key =
            Key { approval: approval.as_ref(), ..Key::unbound(subject.user(), subject.login(), &scope) };
        let id = ChallengeId::random();
        let Counted { on_file, area, resend_at, action } = self
            .reserve_all(subject, key, &Asked { challenge: &id, channel, address, tokens: &tokens })
            .await?;
        let (approval, words) = action.map(|action| (action.approval, action.words)).unzip();
        let words = words.as_ref();
        let plan = PlannedSend { subject, scope: &scope, channel, number: &on_file.number, address, words };
        self.check_risk(&plan).await?;
        let about = EventContext::subject(subject)
            .scope(&scope)
            .channel(channel)
            .challenge(&id)
            .address(address)
            .approval(approval.as_ref())
            .with_words(words);
        self.check_number_before_send(about, CheckedCode::new(subject, &scope, channel, &on_file)).await?;
        let provider_scope = ProviderScope::random(&scope);
        let message = self.message(settings, channel, accept_language.as_deref(), words)?;
        let send = SendRequest {
            to: &on_file.number,
            channel,
            scope: &provider_scope,
            message: &message,
            digits: self.inner.policy.code_digits,
        };
        self.send(about, &send, area, resend_at).await?;
        sent.store(true, Ordering::SeqCst);
        let now = self.inner.clock.now();
        let challenge = Challenge {
            id,
            login: *subject.login(),
            scope,
            approval,
            method: channel.into(),
            provider_scope,
            number: on_file.hash(self.keys()),
            last_two: on_file.number.last_two().to_owned(),
            sent_at: now,
            expires_at: now.plus(self.inner.policy.code_lifetime),
            resend_at,
            attempts: self.inner.policy.attempts,
            attempts_used: 0,
            return_to,
        };
        self.open(subject, &challenge).await
    }

    async fn open(&self, subject: &Subject, challenge: &Challenge) -> Result<LiveChallenge, StartError> {
        match self.inner.store.open_challenge(subject.user(), challenge).await? {
            OpenOutcome::Opened => Ok(LiveChallenge::seen(challenge, challenge.sent_at)),
            OpenOutcome::Over => Err(StartError::Revoked),
        }
    }

    /// Rejects a request that does not fit its scope or the builder, before anything is counted.
    fn check_request(&self, settings: &ScopeSettings, request: &StartRequest) -> Result<(), StartError> {
        if !settings.channels().contains(&request.channel) {
            return Err(StartError::ChannelUnavailable);
        }
        if settings.is_bound() && request.approval.is_none() {
            return Err(StartError::ApprovalOver);
        }
        if self.client_address().is_some() && request.address.is_none() {
            return Err(self.misconfigured(Misconfigured::no_address()).into());
        }
        Ok(())
    }

    /// Returns the text of a message or a call, with the words of an action if the code is for one. A message without
    /// room for them is reported, and no code is sent.
    fn message(
        &self,
        settings: &ScopeSettings,
        channel: Channel,
        accept_language: Option<&str>,
        words: Option<&Words>,
    ) -> Result<String, Misconfigured> {
        let messages = self.messages(accept_language);
        let text = compose(&SentText {
            channel,
            site: self.site(),
            messages,
            label: self.label(settings, messages),
            lifetime: self.inner.policy.code_lifetime,
            digits: self.inner.policy.code_digits,
            words,
        });
        let (scope, language) = (settings.scope().as_str(), messages.language());
        text.map_err(|NoRoom| {
            self.misconfigured(Misconfigured::no_room(scope, language, self.site().code_host()))
        })
    }

    /// Runs the app's own check, if there is one.
    async fn check_risk(&self, plan: &PlannedSend<'_>) -> Result<(), StartError> {
        let Some(check) = &self.inner.risk else { return Ok(()) };
        match check.assess(plan).await? {
            Ok(Risk::Accept) | Err(OnRiskError::Send) => Ok(()),
            Ok(Risk::Reject) => Err(StartError::Risky),
            Err(OnRiskError::Reject) => Err(StartError::Unavailable),
        }
    }

    async fn send(
        &self,
        about: EventContext<'_>,
        send: &SendRequest<'_>,
        area: Area,
        resend_at: Timestamp,
    ) -> Result<(), StartError> {
        match self.inner.provider.send(about, send).await? {
            Ok(receipt) => {
                spans::country(area);
                let (sent_to, region, provider_id) = (&send.to.to_string(), &area.to_string(), &receipt.id);
                self.observe(about, EventKind::CodeSent { sent_to, region, provider_id });
                Ok(())
            }
            // The longer of the two waits is the true one, because the send stays counted.
            Err(ProviderErrorKind::Throttled { retry_after }) => {
                let cool_down = resend_at.since(self.inner.clock.now());
                Err(StartError::Throttled { retry_after: retry_after.max(cool_down) })
            }
            Err(
                ProviderErrorKind::Credentials
                | ProviderErrorKind::Request
                | ProviderErrorKind::Unreachable
                | ProviderErrorKind::Failed
                | ProviderErrorKind::Answer,
            ) => Err(StartError::ProviderFailed),
        }
    }
}
