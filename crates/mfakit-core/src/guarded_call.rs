//! Calls of code outside this crate, with a time limit and with their panics caught.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
};

use futures_util::{
    FutureExt,
    future::{OptionFuture, poll_immediate},
};

use crate::timeout::CALL_TIMEOUT;

/// Reason why a call of the app's code, or of a port, has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// The call took longer than [`CALL_TIMEOUT`].
    #[error("no answer within {CALL_TIMEOUT:?}")]
    TimedOut,
    /// The call panicked.
    #[error("it panicked")]
    Panicked,
}

/// Awaits `call` for at most [`CALL_TIMEOUT`], and catches its panic.
///
/// A call that is ready at once, such as a read of the memory store, needs no timer and no allocation. Any other call
/// needs a tokio runtime whose time driver is enabled.
///
/// # Errors
///
/// Returns the reason if there is no result.
pub async fn guarded_call<T>(call: impl Future<Output = T>) -> Result<T, NoAnswer> {
    let mut call = pin!(OptionFuture::from(Some(AssertUnwindSafe(call).catch_unwind())));
    let answer = match poll_immediate(call.as_mut()).await {
        Some(answer) => Ok(answer),
        // Boxed, so that the guard of every request does not hold space for a timer.
        None => Box::pin(tokio::time::timeout(CALL_TIMEOUT, call.as_mut())).await,
    };
    match answer {
        Ok(Some(Ok(result))) => Ok(result),
        Ok(Some(Err(_)) | None) => Err(NoAnswer::Panicked),
        // The values in an unfinished call are dropped here, because their destructors may panic, too.
        Err(_elapsed) => Err(match catch_unwind(AssertUnwindSafe(|| call.set(None.into()))) {
            Ok(()) => NoAnswer::TimedOut,
            Err(_) => NoAnswer::Panicked,
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::{future::pending, panic::resume_unwind};

    use super::*;

    struct PanicsWhenDropped;

    impl Drop for PanicsWhenDropped {
        fn drop(&mut self) {
            resume_unwind(Box::new("for the test"));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_has_a_result_or_the_reason_why_not() {
        // Like a panic, but without output on stderr.
        let panics_at_once = async { resume_unwind(Box::new("for the test")) };
        let panics_late = async {
            tokio::task::yield_now().await;
            resume_unwind(Box::new("for the test"))
        };
        assert_eq!(guarded_call(async { 7 }).await, Ok(7));
        assert_eq!(guarded_call::<()>(panics_at_once).await, Err(NoAnswer::Panicked));
        assert_eq!(guarded_call::<()>(panics_late).await, Err(NoAnswer::Panicked));
        assert_eq!(guarded_call::<()>(pending()).await, Err(NoAnswer::TimedOut));
        let panics_when_it_is_given_up = async {
            let _guard = PanicsWhenDropped;
            pending::<()>().await;
        };
        assert_eq!(guarded_call::<()>(panics_when_it_is_given_up).await, Err(NoAnswer::Panicked));
        assert_eq!(NoAnswer::TimedOut.to_string(), "no answer within 10s");
    }
}
