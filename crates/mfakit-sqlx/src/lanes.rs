//! Order of the writes of one process.
//!
//! Writes of one row wait for each other here, instead of losing to each other in the database. Nothing rests on it: other
//! processes write too, and a write that loses is tried again. A lane is left when its task is dropped.

use tokio::sync::{Mutex, MutexGuard};

use crate::names::Id;

/// Number of lanes. Two rows share one with this probability, which only costs time.
const LANES: usize = 256;

/// Lanes that the writes of each row share.
#[derive(Debug)]
pub(crate) struct Lanes(Vec<Mutex<()>>);

impl Lanes {
    pub(crate) fn new() -> Self {
        Self((0..LANES).map(|_| Mutex::new(())).collect())
    }

    /// Waits until the earlier writes of this row have ended. The lane is left when the result is dropped.
    pub(crate) async fn enter(&self, id: &Id) -> Option<MutexGuard<'_, ()>> {
        // The last byte is a part of a keyed hash, so callers cannot choose a lane.
        let lane = id.last().and_then(|byte| self.0.get(usize::from(*byte) % LANES))?;
        Some(lane.lock().await)
    }
}
