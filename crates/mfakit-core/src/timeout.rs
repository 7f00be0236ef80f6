//! Time limit for code outside this crate.

use std::{pin::pin, time::Duration};

use futures_util::future::poll_immediate;

/// Time limit for a call of a provider, a store, a directory, a risk check or an identify function, and for a request
/// body. Bandwidth's client itself gives up after eight seconds.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// Awaits `future` for at most [`CALL_TIMEOUT`]. Returns `None` if it takes longer.
///
/// A future that is ready at once needs no timer and no allocation. Any other future needs a tokio runtime whose time
/// driver is enabled.
pub async fn with_timeout<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    match poll_immediate(future.as_mut()).await {
        Some(done) => Some(done),
        None => Box::pin(tokio::time::timeout(CALL_TIMEOUT, future)).await.ok(),
    }
}
