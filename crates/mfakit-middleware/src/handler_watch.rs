//! Ends a handler that is waiting for a body that arrives too late.
//!
//! A body that ended with an error would start every handler whose extractor turns that error into a value, such as an
//! `Option` or a `Result`. So a body that arrives too late stays pending. The guard's future notices this, drops the
//! handler and answers instead.
//!
//! 1. The handler may read the body in another task, so each side wakes the other.
//! 2. If the guard's future is over, a handler may still read the body while its response is sent. The body then ends
//!    with an error, because the guard can no longer drop its reader.
//! 3. A handler that has answered with 101 switched protocols. What arrives from then on is no body, so the guard
//!    releases it.

use std::{
    error::Error,
    fmt,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use futures_util::future::poll_fn;

use crate::answer::Answer;

#[derive(Default)]
struct Shared {
    /// Answer to a body that arrived too late, until the guard takes it.
    answer: Option<Answer>,
    /// True once the guard's future is over.
    left: bool,
    /// True once the handler switched protocols, so that nothing is withheld any longer.
    released: bool,
    guard: Option<Waker>,
    body: Option<Waker>,
}

/// Creates the two ends: one for the guard's future, and one for the body.
pub(crate) fn handler_watch() -> (HandlerWatch, LateBody) {
    let shared = Arc::<Mutex<Shared>>::default();
    (HandlerWatch(shared.clone()), LateBody(shared))
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// End of the guard: runs the handler for as long as its body is in time.
#[must_use = "a watch that runs no handler ends none"]
pub struct HandlerWatch(Arc<Mutex<Shared>>);

impl HandlerWatch {
    /// Runs the guarded future, and drops it if its body arrives too late.
    ///
    /// # Errors
    ///
    /// Returns the answer to a request whose body arrived too late.
    pub async fn run<F: Future>(self, guarded: F) -> Result<F::Output, Answer> {
        self.run_until(guarded, |_| false).await
    }

    /// Runs the guarded future as [`run`](Self::run) does, and releases the body if `switches` returns true for the
    /// output: the handler answered with 101, so it has started long ago, and what arrives is another protocol.
    ///
    /// # Errors
    ///
    /// Returns the same answer as [`run`](Self::run).
    pub async fn run_until<F: Future>(
        self,
        guarded: F,
        switches: impl FnOnce(&F::Output) -> bool,
    ) -> Result<F::Output, Answer> {
        let output = self.run_to_the_end(guarded).await?;
        if switches(&output) {
            lock(&self.0).released = true;
        }
        Ok(output)
    }

    async fn run_to_the_end<F: Future>(&self, guarded: F) -> Result<F::Output, Answer> {
        let mut guarded = pin!(guarded);
        poll_fn(|cx| {
            // The body may have been read in another task.
            if let Some(answer) = self.answer(cx) {
                return Poll::Ready(Err(answer));
            }
            if let Poll::Ready(output) = guarded.as_mut().poll(cx) {
                return Poll::Ready(Ok(output));
            }
            self.answer(cx).map_or(Poll::Pending, |answer| Poll::Ready(Err(answer)))
        })
        .await
    }

    fn answer(&self, cx: &Context<'_>) -> Option<Answer> {
        let mut shared = lock(&self.0);
        if shared.answer.is_none() {
            shared.guard = Some(cx.waker().clone());
        }
        shared.answer.take()
    }
}

impl Drop for HandlerWatch {
    fn drop(&mut self) {
        let reader = {
            let mut shared = lock(&self.0);
            shared.left = true;
            shared.body.take()
        };
        if let Some(reader) = reader {
            reader.wake();
        }
    }
}

impl fmt::Debug for HandlerWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerWatch").finish_non_exhaustive()
    }
}

/// End of the body.
pub(crate) struct LateBody(Arc<Mutex<Shared>>);

impl LateBody {
    /// Reports to the guard that the body arrived too late, with the answer to send.
    pub(crate) fn report(&self, answer: Answer) {
        let guard = {
            let mut shared = lock(&self.0);
            shared.answer = Some(answer);
            shared.guard.take()
        };
        if let Some(guard) = guard {
            guard.wake();
        }
    }

    /// Returns whether the handler switched protocols.
    pub(crate) fn is_released(&self) -> bool {
        lock(&self.0).released
    }

    /// Waits until the guard drops the reader of the body. Ready with an error if the guard's future is over.
    pub(crate) fn poll(&self, cx: &Context<'_>) -> Poll<BodyTooLate> {
        let mut shared = lock(&self.0);
        if shared.left {
            return Poll::Ready(BodyTooLate);
        }
        shared.body = Some(cx.waker().clone());
        Poll::Pending
    }
}

/// Error of a body that arrived after the end of the grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyTooLate;

impl fmt::Display for BodyTooLate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the grant that let this request pass ended before the body had arrived")
    }
}

impl Error for BodyTooLate {}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::future::{pending, ready};

    use super::*;

    fn too_late() -> Answer {
        Answer::new(401)
    }

    /// Reads a body that arrived too late.
    async fn read(body: LateBody) -> BodyTooLate {
        body.report(too_late());
        poll_fn(|cx| body.poll(cx)).await
    }

    #[tokio::test]
    async fn a_handler_that_reads_a_late_body_is_dropped_before_it_goes_on() {
        let (guard, body) = handler_watch();
        let handler = async {
            let _: BodyTooLate = read(body).await;
            panic!("the handler went on");
        };
        assert_eq!(guard.run(handler).await, Err::<(), _>(too_late()));
    }

    #[tokio::test]
    async fn a_handler_that_reads_in_another_task_is_dropped_and_its_reader_ends() {
        let (guard, body) = handler_watch();
        let reader = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(5)).await;
            read(body).await
        });
        assert_eq!(guard.run(pending::<()>()).await, Err(too_late()));
        assert_eq!(reader.await.unwrap(), BodyTooLate);
    }

    #[tokio::test]
    async fn a_body_is_released_when_the_protocol_was_switched_and_not_before() {
        for switches in [false, true] {
            let (guard, body) = handler_watch();
            let handler = async {
                assert!(!body.is_released());
                "answered"
            };
            assert_eq!(guard.run_until(handler, |_| switches).await, Ok("answered"));
            assert_eq!(body.is_released(), switches);
        }
    }

    #[tokio::test]
    async fn a_body_that_outlives_its_guard_ends_with_an_error() {
        let (guard, body) = handler_watch();
        assert_eq!(guard.run(ready("streaming")).await, Ok("streaming"));
        assert_eq!(read(body).await, BodyTooLate);
    }
}
