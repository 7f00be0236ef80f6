//! Runs an operation to completion, even if its caller stops waiting.

use tracing::Instrument;

use crate::{
    engine::{backend_error::BackendError, mfa::Mfa, misconfigured::Misconfigured},
    store::StoreError,
};

/// Reason why a task has no result.
pub(super) enum Stopped {
    /// The runtime shuts down.
    ShutDown,
    /// The task panicked. The observer has received it as an event.
    Panicked(Misconfigured),
}

impl Mfa {
    /// Runs `ceremony` in its own task. Must be called within a tokio runtime.
    ///
    /// Its log lines stay in the span of the request that began it.
    pub(super) async fn to_the_end<T: Send + 'static>(
        &self,
        ceremony: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Stopped> {
        tokio::spawn(ceremony.in_current_span()).await.map_err(|stopped| {
            if stopped.is_panic() {
                // The ports catch their own panics, so this panic comes from elsewhere.
                Stopped::Panicked(self.misconfigured(Misconfigured::unguarded_panic()))
            } else {
                Stopped::ShutDown
            }
        })
    }
}

impl From<Stopped> for BackendError {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::ShutDown => Self::Store(StoreError::new("the app is shut down")),
            Stopped::Panicked(mistake) => Self::Misconfigured(mistake),
        }
    }
}
