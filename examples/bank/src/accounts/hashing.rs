//! Limit on concurrent password hashing, which is deliberately slow and takes much memory.

use std::sync::Arc;

use mfakit::BoxError;
use tokio::{sync::Semaphore, task::spawn_blocking};

/// Number of passwords that are hashed concurrently. Each takes 19 MiB and tens of milliseconds of a core.
const CONCURRENT: usize = 4;
/// Number of further requests that may wait. Anyone can send sign-in requests, so any more are rejected.
const WAITING: usize = 60;

/// Limits the resources that sign-ins can use.
///
/// Without a limit, a few hundred concurrent sign-ins would use gigabytes, and the process could be killed for
/// that. With the memory store, all locks and counts would be lost.
#[derive(Debug)]
pub(super) struct Hashing {
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
}

/// Too many concurrent sign-ins.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("too many concurrent sign-ins")]
pub(super) struct Busy;

impl Hashing {
    pub(super) fn new() -> Self {
        let (running, admitted) = (Semaphore::new(CONCURRENT), Semaphore::new(CONCURRENT + WAITING));
        Self { running: Arc::new(running), admitted: Arc::new(admitted) }
    }

    /// Runs `work` on a blocking thread, as soon as there is capacity.
    ///
    /// # Errors
    ///
    /// Returns [`Busy`] if too many calls are waiting.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, BoxError> {
        let admitted = self.admitted.clone().try_acquire_owned().map_err(|_| Busy)?;
        let running = self.running.clone().acquire_owned().await?;
        let work = move || {
            // Held until the work is done, even if the client disconnects.
            let _held = (admitted, running);
            work()
        };
        Ok(spawn_blocking(work).await?)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn some_calls_run_more_wait_and_the_rest_are_rejected() {
        let hashing = Arc::new(Hashing::new());
        let (begun, begins) = mpsc::channel();
        let (end, ends) = mpsc::channel::<()>();
        let ends = Arc::new(std::sync::Mutex::new(ends));
        let running: Vec<_> = (0..CONCURRENT + WAITING)
            .map(|_| {
                let (hashing, begun, ends) = (hashing.clone(), begun.clone(), ends.clone());
                tokio::spawn(async move {
                    let work = move || {
                        begun.send(()).unwrap();
                        ends.lock().unwrap().recv().unwrap();
                    };
                    hashing.run(work).await.unwrap();
                })
            })
            .collect();
        let begins = tokio::task::spawn_blocking(move || {
            (0..CONCURRENT).for_each(|_| begins.recv().unwrap());
            begins
        });
        let begins = begins.await.unwrap();
        while hashing.admitted.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(begins.try_recv().is_err(), "no more than {CONCURRENT} run at once");
        let rejected = hashing.run(|| ()).await.unwrap_err();
        assert!(rejected.is::<Busy>(), "{rejected}");
        (0..CONCURRENT + WAITING).for_each(|_| end.send(()).unwrap());
        for sign_in in running {
            sign_in.await.unwrap();
        }
        hashing.run(|| ()).await.unwrap();
    }
}
