//! Provider with an inbox and scripted answers.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;

use crate::{
    channel::Channel,
    phone::PhoneNumber,
    provider::{
        MfaProvider, ProviderError, ProviderErrorKind, SendReceipt, SendRequest, Verdict, VerifyRequest,
    },
    random::random,
    sent_text::CODE_PLACEHOLDER,
};

/// Provider that delivers codes to an inbox and approves the codes that it sent, unless a test scripts another answer.
/// Clones share one inbox.
///
/// ```
/// use mfakit_core::{Channel, Code, LoginId, Mfa, PhoneNumber, Scope, StartRequest, Subject, UserId};
/// use mfakit_core::testing::TestProvider;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let provider = TestProvider::new();
/// let mfa = Mfa::builder(provider.clone(), "https://bank.example")
///     .scope("transfer", "make a transfer")
///     .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
///     .messaging_to(["US"])
///     .build()
///     .unwrap();
///
/// let alice = Subject::cookie("alice", LoginId::random());
/// let transfer = Scope::new("transfer").unwrap();
/// let challenge = mfa.start(&alice, StartRequest::new(transfer, Channel::Messaging)).await.unwrap();
/// assert_eq!(provider.inbox()[0].to.as_e164(), "+19195551234");
///
/// let code = Code::parse(&provider.last_code().unwrap()).unwrap();
/// assert!(mfa.verify(&alice, &transfer, &challenge.id, &code).await.is_ok());
/// assert_eq!(provider.verifies(), 1);
/// # }
/// ```
#[derive(Clone, Default)]
pub struct TestProvider(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    inbox: Vec<SentCode>,
    sends: usize,
    verifies: usize,
    next_sends: VecDeque<ProviderErrorKind>,
    next_verdicts: VecDeque<Result<Verdict, ProviderErrorKind>>,
    delay: Duration,
    down: Option<ProviderErrorKind>,
    unsupported: Vec<Channel>,
}

/// Code that a [`TestProvider`] sent.
///
/// `Debug` hides the code, so that a test that checks its log for secrets finds only those that the app itself would
/// log.
///
/// ```
/// use mfakit_core::{Channel, testing::SentCode};
///
/// fn assert_is_call(sent: &SentCode) {
///     assert_eq!(sent.channel, Channel::Voice);
///     assert!(sent.message.contains(&sent.code));
/// }
/// # let _: fn(&SentCode) = assert_is_call;
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct SentCode {
    /// Number that the code was sent to.
    pub to: PhoneNumber,
    /// Channel that the code was sent on.
    pub channel: Channel,
    /// Provider's scope that the code was sent for.
    pub scope: String,
    /// Text that the person reads or hears.
    pub message: String,
    /// Code in the text.
    pub code: String,
}

impl fmt::Debug for TestProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sends, verifies) = (self.sends(), self.verifies());
        f.debug_struct("TestProvider").field("sends", &sends).field("verifies", &verifies).finish()
    }
}

impl fmt::Debug for SentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SentCode")
            .field("to", &self.to)
            .field("channel", &self.channel)
            .finish_non_exhaustive()
    }
}

impl TestProvider {
    /// Creates a provider with an empty inbox, which supports every channel.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns everything that was sent, newest last.
    #[must_use]
    pub fn inbox(&self) -> Vec<SentCode> {
        self.state().inbox.clone()
    }

    /// Returns the code that was sent last. [`Code::parse`](crate::code::Code::parse) reads it for
    /// [`Mfa::verify`](crate::engine::Mfa::verify).
    #[must_use]
    pub fn last_code(&self) -> Option<String> {
        self.state().inbox.last().map(|sent| sent.code.clone())
    }

    /// Returns the number of calls to send a code, failed ones included.
    #[must_use]
    pub fn sends(&self) -> usize {
        self.state().sends
    }

    /// Returns the number of calls to verify a code, failed ones included.
    #[must_use]
    pub fn verifies(&self) -> usize {
        self.state().verifies
    }

    /// Stops supporting a channel. The engine asks for the channels when it is built.
    #[must_use]
    pub fn without(self, channel: Channel) -> Self {
        self.state().unsupported.push(channel);
        self
    }

    /// Makes every send and every verify fail, until [`recover`](Self::recover).
    pub fn fail(&self, kind: ProviderErrorKind) {
        self.state().down = Some(kind);
    }

    /// Ends the failures that [`fail`](Self::fail) began.
    pub fn recover(&self) {
        self.state().down = None;
    }

    /// Makes the next send fail. Repeated calls apply to the sends that follow, in order.
    pub fn fail_next_send(&self, kind: ProviderErrorKind) {
        self.state().next_sends.push_back(kind);
    }

    /// Sets the verdict of the next verify, whatever the code. Repeated calls apply to the verifies that follow, in
    /// order.
    pub fn next_verdict(&self, verdict: Verdict) {
        self.state().next_verdicts.push_back(Ok(verdict));
    }

    /// Makes the next verify fail. Repeated calls apply to the verifies that follow, in order.
    pub fn fail_next_verify(&self, kind: ProviderErrorKind) {
        self.state().next_verdicts.push_back(Err(kind));
    }

    /// Sets the time that every answer takes, measured by tokio's clock. With a delay, concurrent calls overlap.
    pub fn delay(&self, delay: Duration) {
        self.state().delay = delay;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn wait(&self) {
        let delay = self.state().delay;
        if delay > Duration::ZERO {
            tokio::time::sleep(delay).await;
        }
    }
}

#[async_trait]
impl MfaProvider for TestProvider {
    fn supports(&self, channel: Channel) -> bool {
        !self.state().unsupported.contains(&channel)
    }

    async fn send(&self, request: &SendRequest<'_>) -> Result<SendReceipt, ProviderError> {
        self.state().sends += 1;
        self.wait().await;
        let mut state = self.state();
        if let Some(kind) = state.down.or_else(|| state.next_sends.pop_front()) {
            return Err(ProviderError::new(kind, "scripted"));
        }
        let space = 10_u32.pow(u32::from(request.digits.min(8)));
        let number = u64::from_be_bytes(random()) % u64::from(space);
        let code = format!("{number:0width$}", width = usize::from(request.digits));
        state.inbox.push(SentCode {
            to: request.to.clone(),
            channel: request.channel,
            scope: request.scope.as_str().to_owned(),
            message: request.message.replace(CODE_PLACEHOLDER, &code),
            code,
        });
        Ok(SendReceipt { id: format!("test-{}", state.inbox.len()) })
    }

    async fn verify(&self, request: &VerifyRequest<'_>) -> Result<Verdict, ProviderError> {
        self.state().verifies += 1;
        self.wait().await;
        let mut state = self.state();
        if let Some(kind) = state.down {
            return Err(ProviderError::new(kind, "scripted"));
        }
        if let Some(scripted) = state.next_verdicts.pop_front() {
            return scripted.map_err(|kind| ProviderError::new(kind, "scripted"));
        }
        let right = state.inbox.iter().any(|sent| {
            sent.to == *request.to
                && sent.scope == request.scope.as_str()
                && sent.code == request.code.expose_digits()
        });
        Ok(if right { Verdict::Approved } else { Verdict::Rejected })
    }
}
