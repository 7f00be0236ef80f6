//! Further tries, and the pauses between them.

use std::time::Duration;

use mfakit_core::adapter::random;
use tokio::time::Instant;

use crate::failure::Failure;

/// Number of times that a write is tried. Only the writes of other processes make it lose.
pub(crate) const TRIES: u32 = 12;

/// Waits for a random time, which is longer at each try: up to 1 ms after the first, and up to 64 ms after the seventh.
pub(crate) async fn pause(tried: u32) {
    let most = 1_000_u64 << tried.min(6);
    tokio::time::sleep(Duration::from_micros(u64::from_le_bytes(random()) % most)).await;
}

/// Runs a statement, and runs it again while other statements keep the database from it, at most until a deadline.
pub(crate) async fn retried<T, R>(deadline: Instant, run: impl Fn() -> R) -> Result<T, Failure>
where
    R: Future<Output = Result<T, Failure>>,
{
    let mut tried = 0;
    loop {
        match run().await {
            Err(failure) if failure.is_conflict() && tried < TRIES && Instant::now() < deadline => {
                pause(tried).await;
                tried += 1;
            }
            done => return done,
        }
    }
}
