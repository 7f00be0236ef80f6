//! Calls of code outside this crate, with a time limit and with their panics caught.

use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    task::{Context, Poll},
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

impl NoAnswer {
    /// Returns the reason as spans name it.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::TimedOut => "timeout",
            Self::Panicked => "panic",
        }
    }
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
    let mut call = pin!(Some(call));
    match poll_fn(|cx| Poll::Ready(guarded_poll(call.as_mut(), cx, |answer| answer))).await {
        Poll::Ready(answer) => answer,
        // Boxed, so that the guard of every request does not hold space for a timer.
        Poll::Pending => Box::pin(guarded_wait(call)).await,
    }
}

/// Polls `call` once, and catches its panic. A call that panicked, or that is gone, has no result. `then` receives the
/// answer where it was returned, because moving a large one costs more than most calls.
///
/// With [`guarded_wait`], these are the two halves of [`guarded_call`], for a caller that does the first in a plain
/// function.
pub fn guarded_poll<F: Future, T>(
    call: Pin<&mut Option<F>>,
    cx: &mut Context<'_>,
    then: impl FnOnce(F::Output) -> T,
) -> Poll<Result<T, NoAnswer>> {
    let Some(call) = call.as_pin_mut() else { return Poll::Ready(Err(NoAnswer::Panicked)) };
    match catch_unwind(AssertUnwindSafe(|| call.poll(cx).map(then))) {
        Ok(polled) => polled.map(Ok),
        Err(_) => Poll::Ready(Err(NoAnswer::Panicked)),
    }
}

/// Awaits `call` for at most [`CALL_TIMEOUT`], and catches its panic. A call that takes longer is dropped.
///
/// # Errors
///
/// Returns the reason if there is no result.
pub async fn guarded_wait<F: Future>(mut call: Pin<&mut Option<F>>) -> Result<F::Output, NoAnswer> {
    let answer = poll_fn(|cx| guarded_poll(call.as_mut(), cx, |answer| answer));
    match tokio::time::timeout(CALL_TIMEOUT, answer).await {
        Ok(answer) => answer,
        // The values in an unfinished call are dropped here, because their destructors may panic, too.
        Err(_elapsed) => Err(match catch_unwind(AssertUnwindSafe(|| call.set(None))) {
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
