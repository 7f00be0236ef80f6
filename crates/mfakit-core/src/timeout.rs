//! How long others may take.

use std::{pin::pin, time::Duration};

use futures_util::future::poll_immediate;

/// How long a provider, a store, a directory, an identify function or a body may take before nobody waits for
/// it any longer. Bandwidth's client gives up by itself after eight seconds.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// What `future` comes to, or `None` if it takes longer than [`CALL_TIMEOUT`].
///
/// One that is ready at once costs no timer and no room for one, as a read of the memory store is. Any other
/// needs a tokio runtime whose time is enabled.
pub async fn with_timeout<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    match poll_immediate(future.as_mut()).await {
        Some(done) => Some(done),
        None => Box::pin(tokio::time::timeout(CALL_TIMEOUT, future)).await.ok(),
    }
}
