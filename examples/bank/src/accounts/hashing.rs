//! Bounds the cost of password hashing, which takes time and memory on purpose.

use std::sync::Arc;

use mfakit::BoxError;
use tokio::{sync::Semaphore, task::spawn_blocking};

/// Number of passwords that are hashed at once. Each takes 19 MiB and tens of milliseconds of a core.
const AT_ONCE: usize = 4;
/// Number of further requests that may wait. Anyone can send sign-in requests, so any more are rejected.
const WAITING: usize = 60;

/// Bounds the share of the machine that sign-ins may take.
///
/// Without a bound, a few hundred concurrent sign-ins would take gigabytes, and the process might be killed
/// for that. With the memory store, every lock and count would be lost.
#[derive(Debug)]
pub(super) struct Hashing {
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
}

/// Too many concurrent sign-ins.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("too many log-ins at once")]
pub(super) struct Busy;

impl Hashing {
    pub(super) fn new() -> Self {
        let (running, admitted) = (Semaphore::new(AT_ONCE), Semaphore::new(AT_ONCE + WAITING));
        Self { running: Arc::new(running), admitted: Arc::new(admitted) }
    }

    /// Runs this on a thread where it does not block other requests, when it is its turn.
    ///
    /// # Errors
    ///
    /// Returns [`Busy`] if too many wait already.
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
    async fn a_few_hash_at_once_a_few_more_wait_and_the_rest_are_turned_away() {
        let hashing = Arc::new(Hashing::new());
        let (begun, begins) = mpsc::channel();
        let (end, ends) = mpsc::channel::<()>();
        let ends = Arc::new(std::sync::Mutex::new(ends));
        let running: Vec<_> = (0..AT_ONCE + WAITING)
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
            (0..AT_ONCE).for_each(|_| begins.recv().unwrap());
            begins
        });
        let begins = begins.await.unwrap();
        while hashing.admitted.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(begins.try_recv().is_err(), "no more than {AT_ONCE} run at once");
        let turned_away = hashing.run(|| ()).await.unwrap_err();
        assert!(turned_away.is::<Busy>(), "{turned_away}");
        (0..AT_ONCE + WAITING).for_each(|_| end.send(()).unwrap());
        for log_in in running {
            log_in.await.unwrap();
        }
        hashing.run(|| ()).await.unwrap();
    }
}
