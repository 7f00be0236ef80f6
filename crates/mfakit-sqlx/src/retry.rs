//! Pauses between tries.

use std::time::Duration;

use mfakit_core::adapter::random;

/// Number of times that a write is tried. Only the writes of other processes make it lose.
pub(crate) const TRIES: u32 = 12;

/// Waits for a random time, which is longer at each try: up to 1 ms after the first, and up to 64 ms after the seventh.
pub(crate) async fn pause(tried: u32) {
    let most = 1_000_u64 << tried.min(6);
    tokio::time::sleep(Duration::from_micros(u64::from_le_bytes(random()) % most)).await;
}
