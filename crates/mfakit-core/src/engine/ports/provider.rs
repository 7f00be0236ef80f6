//! The provider.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    clock::Timestamp,
    engine::{
        meter::{Operation, Outcome},
        misconfigured::Misconfigured,
        ports::observer::ObserverPort,
        reason::Ended,
        spans,
    },
    event::{EventContext, EventKind, with_causes},
    guarded_call::{NoAnswer, guarded_call},
    provider::{
        MfaProvider, ProviderError, ProviderErrorKind, ProviderHealth, SendReceipt, SendRequest, Verdict,
        VerifyRequest,
    },
};

/// The provider of the engine.
pub(crate) struct ProviderPort {
    provider: Box<dyn MfaProvider>,
    observer: ObserverPort,
    last_calls: Mutex<LastCalls>,
}

/// Outcome of the last calls.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LastCalls {
    /// True if any call succeeded.
    pub(crate) has_succeeded: bool,
    /// Number of calls that failed since the last success.
    pub(crate) failures: u32,
    /// Last failure since the last success.
    pub(crate) failure: Option<(ProviderErrorKind, Timestamp)>,
}

/// Result of a call, or the kind of its failure; outside of both, a panic.
type Answer<T> = Result<Result<T, ProviderErrorKind>, Misconfigured>;

impl ProviderPort {
    pub(crate) fn new(provider: Box<dyn MfaProvider>, observer: ObserverPort) -> Self {
        Self { provider, observer, last_calls: Mutex::default() }
    }

    pub(crate) async fn send(
        &self,
        about: EventContext<'_>,
        request: &SendRequest<'_>,
    ) -> Answer<SendReceipt> {
        self.call(Operation::Send, about, async { self.provider.send(request).await }).await
    }

    pub(crate) async fn verify(
        &self,
        about: EventContext<'_>,
        request: &VerifyRequest<'_>,
    ) -> Answer<Verdict> {
        self.call(Operation::Verify, about, async { self.provider.verify(request).await }).await
    }

    /// Returns what the provider and the last calls say about its state. `None` if the provider panicked.
    pub(crate) fn health(&self) -> Option<(ProviderHealth, LastCalls)> {
        let health = catch_unwind(AssertUnwindSafe(|| self.provider.health())).ok()?;
        Some((health, *self.last_calls()))
    }

    fn last_calls(&self) -> MutexGuard<'_, LastCalls> {
        self.last_calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn call<T>(
        &self,
        operation: Operation,
        about: EventContext<'_>,
        call: impl Future<Output = Result<T, ProviderError>>,
    ) -> Answer<T> {
        // The provider's code also writes the text of an error, so the text is composed inside the guarded call.
        let described = async { call.await.map_err(|error| (error.kind(), with_causes(&error))) };
        let meter = self.observer.meter();
        let begun = meter.begin();
        let span = spans::provider(operation.as_str());
        let answer = spans::within(span, guarded_call(described), ended).await;
        let is_ok = matches!(answer, Ok(Ok(_)));
        meter.end(operation, if is_ok { Outcome::Ok } else { Outcome::Error }, begun);
        let (kind, error) = match answer {
            Ok(Ok(answer)) => {
                self.last_calls().note_success();
                return Ok(Ok(answer));
            }
            Ok(Err(described)) => described,
            Err(NoAnswer::TimedOut) => (ProviderErrorKind::Failed, NoAnswer::TimedOut.to_string()),
            Err(NoAnswer::Panicked) => return Err(self.observer.panicked("provider")),
        };
        self.last_calls().note_failure(kind, self.observer.now());
        self.observer.observe(about, EventKind::ProviderFailed { kind, error: &error });
        Ok(Err(kind))
    }
}

impl LastCalls {
    const fn note_success(&mut self) {
        *self = Self { has_succeeded: true, failures: 0, failure: None };
    }

    const fn note_failure(&mut self, kind: ProviderErrorKind, at: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        self.failure = Some((kind, at));
    }
}

/// Returns the outcome of a call, for its span.
fn ended<T>(answer: &Result<Result<T, (ProviderErrorKind, String)>, NoAnswer>) -> Ended {
    match answer {
        Ok(Ok(_)) => Ended::well("ok"),
        Ok(Err((kind, _))) => Ended::failed(kind.label()),
        Err(no_answer) => Ended::failed(no_answer.label()),
    }
}

impl fmt::Debug for ProviderPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.provider.fmt(f)
    }
}
