//! A provider with an inbox, whose answers can be scripted.

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

/// A provider that sends into an inbox and approves what it sent, unless a script says otherwise. Clones
/// are one provider.
///
/// ```
/// use mfakit_core::{provider::{ProviderErrorKind, Verdict}, testing::TestProvider};
///
/// let provider = TestProvider::new();
/// provider.fail_next_send(ProviderErrorKind::Failed);
/// provider.next_verdict(Verdict::Rejected);
/// assert!(provider.inbox().is_empty());
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
}

/// A code that the [`TestProvider`] sent. `Debug` does not show it: a test that logs its engine is to find
/// what the app would log.
#[derive(Clone)]
pub struct SentCode {
    /// Where to.
    pub to: PhoneNumber,
    /// How.
    pub channel: Channel,
    /// The scope it was sent under.
    pub scope: String,
    /// What the person reads or hears.
    pub message: String,
    /// The code in it.
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
    /// A provider with an empty inbox, for both channels.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Everything that was sent, newest last.
    #[must_use]
    pub fn inbox(&self) -> Vec<SentCode> {
        self.state().inbox.clone()
    }

    /// The code that was sent last.
    #[must_use]
    pub fn last_code(&self) -> Option<String> {
        self.state().inbox.last().map(|sent| sent.code.clone())
    }

    /// How often it was asked to send.
    #[must_use]
    pub fn sends(&self) -> usize {
        self.state().sends
    }

    /// How often it was asked to verify.
    #[must_use]
    pub fn verifies(&self) -> usize {
        self.state().verifies
    }

    /// Lets the next send fail. May be called several times, for several sends.
    pub fn fail_next_send(&self, kind: ProviderErrorKind) {
        self.state().next_sends.push_back(kind);
    }

    /// Says what the next verify answers, whatever the code. May be called several times.
    pub fn next_verdict(&self, verdict: Verdict) {
        self.state().next_verdicts.push_back(Ok(verdict));
    }

    /// Lets the next verify fail. May be called several times.
    pub fn fail_next_verify(&self, kind: ProviderErrorKind) {
        self.state().next_verdicts.push_back(Err(kind));
    }

    /// How long every answer takes, by tokio's clock; so that calls overlap.
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
    fn supports(&self, _channel: Channel) -> bool {
        true
    }

    async fn send(&self, request: &SendRequest<'_>) -> Result<SendReceipt, ProviderError> {
        self.state().sends += 1;
        self.wait().await;
        let mut state = self.state();
        if let Some(kind) = state.next_sends.pop_front() {
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
