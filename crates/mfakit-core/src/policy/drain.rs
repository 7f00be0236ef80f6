//! Limits on discarding the body of a rejected request.

use std::time::Duration;

use crate::policy::invalid::InvalidPolicy;

/// Limits on discarding the rest of a rejected request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DrainRule {
    /// Maximum number of bytes to discard.
    pub bytes: u64,
    /// Longest wait for the next piece.
    pub pause: Duration,
    /// Longest time for the whole body.
    pub time: Duration,
}

impl Default for DrainRule {
    fn default() -> Self {
        Self { bytes: 64 * 1024 * 1024, pause: Duration::from_secs(10), time: Duration::from_secs(2 * 60) }
    }
}

impl DrainRule {
    pub(super) fn check(self) -> Result<(), InvalidPolicy> {
        let shortest = Duration::from_millis(10);
        if self.bytes > 1 << 30 {
            return Err(InvalidPolicy::DrainBytes { bytes: self.bytes });
        }
        if !(shortest..=Duration::from_secs(60)).contains(&self.pause) {
            return Err(InvalidPolicy::DrainPause { pause: self.pause });
        }
        if !(shortest..=Duration::from_secs(10 * 60)).contains(&self.time) {
            return Err(InvalidPolicy::DrainTime { time: self.time });
        }
        Ok(())
    }
}
