//! The provider.

use std::fmt;

use crate::{
    engine::{misconfigured::Misconfigured, ports::observer::ObserverPort},
    event::{EventContext, EventKind, with_causes},
    guarded_call::{NoAnswer, guarded_call},
    provider::{
        MfaProvider, ProviderError, ProviderErrorKind, SendReceipt, SendRequest, Verdict, VerifyRequest,
    },
};

/// The provider of the engine.
pub(crate) struct ProviderPort {
    provider: Box<dyn MfaProvider>,
    observer: ObserverPort,
}

/// Result of a call, or the kind of its failure; outside of both, a panic.
type Answer<T> = Result<Result<T, ProviderErrorKind>, Misconfigured>;

impl ProviderPort {
    pub(crate) fn new(provider: Box<dyn MfaProvider>, observer: ObserverPort) -> Self {
        Self { provider, observer }
    }

    pub(crate) async fn send(
        &self,
        about: EventContext<'_>,
        request: &SendRequest<'_>,
    ) -> Answer<SendReceipt> {
        self.call(about, async { self.provider.send(request).await }).await
    }

    pub(crate) async fn verify(
        &self,
        about: EventContext<'_>,
        request: &VerifyRequest<'_>,
    ) -> Answer<Verdict> {
        self.call(about, async { self.provider.verify(request).await }).await
    }

    async fn call<T>(
        &self,
        about: EventContext<'_>,
        call: impl Future<Output = Result<T, ProviderError>>,
    ) -> Answer<T> {
        // The provider's code also writes the text of an error, so the text is composed inside the guarded call.
        let described = async { call.await.map_err(|error| (error.kind(), with_causes(&error))) };
        let (kind, error) = match guarded_call(described).await {
            Ok(Ok(answer)) => return Ok(Ok(answer)),
            Ok(Err(described)) => described,
            Err(NoAnswer::TimedOut) => (ProviderErrorKind::Failed, NoAnswer::TimedOut.to_string()),
            Err(NoAnswer::Panicked) => return Err(self.observer.panicked("provider")),
        };
        self.observer.observe(about, EventKind::ProviderFailed { kind, error: &error });
        Ok(Err(kind))
    }
}

impl fmt::Debug for ProviderPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.provider.fmt(f)
    }
}
