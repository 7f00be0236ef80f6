//! Turn to identify the caller of a request.
//!
//! actix-web polls all extractors of a handler together. If two of them need the caller and the app's function has to be
//! waited for, the second waits for the first instead of calling the function again.

use std::{
    future::poll_fn,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
};

/// Turn that is taken by one guard at a time. Those that wait for it, while it is taken.
#[derive(Default)]
pub(crate) struct Turn(Mutex<Option<Vec<Waker>>>);

impl Turn {
    /// Returns whether a guard is waiting for the app's function.
    pub(crate) fn is_taken(&self) -> bool {
        self.state().is_some()
    }

    /// Waits until no guard is waiting for the app's function.
    pub(crate) async fn wait(&self) {
        poll_fn(|cx| match &mut *self.state() {
            None => Poll::Ready(()),
            Some(waiting) => {
                if !waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
                    waiting.push(cx.waker().clone());
                }
                Poll::Pending
            }
        })
        .await;
    }

    /// Takes the turn. It lasts until its [end](Self::end).
    pub(crate) fn take(&self) {
        self.state().get_or_insert_default();
    }

    /// Ends the turn, so that those that wait for it continue.
    pub(crate) fn end(&self) {
        // Woken when the lock is free again.
        let waiting = self.state().take();
        waiting.into_iter().flatten().for_each(Waker::wake);
    }

    fn state(&self) -> MutexGuard<'_, Option<Vec<Waker>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
