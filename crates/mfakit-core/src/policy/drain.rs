//! Limits on discarding the body of a rejected request.

use std::time::Duration;

use crate::policy::{InvalidPolicy, Policy};

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
        Self { bytes: 64 * 1024 * 1024, pause: Duration::from_secs(10), time: Duration::from_mins(2) }
    }
}

impl Policy {
    /// Sets the maximum number of bytes of a rejected request's body that are discarded so that the answer
    /// arrives. A browser reads no answer before it has sent its whole body, and reports a lost connection if the
    /// server stops reading earlier. Past this limit the connection is closed. Set it a little above the largest
    /// upload of the app. 0 turns draining off.
    ///
    /// The discarded bytes reach no extractor and no handler. Only HTTP/1 needs this: an HTTP/2 stream is reset.
    pub const fn drain_bytes(mut self, bytes: u64) -> Self {
        self.drain.bytes = bytes;
        self
    }

    /// Sets how long a client may pause while its body is being discarded. After that the connection is closed.
    pub const fn drain_pause(mut self, pause: Duration) -> Self {
        self.drain.pause = pause;
        self
    }

    /// Sets how long discarding a body may take in all. After that the connection is closed.
    pub const fn drain_time(mut self, time: Duration) -> Self {
        self.drain.time = time;
        self
    }

    /// Returns the limits on discarding the rest of a rejected request.
    #[must_use]
    pub const fn drain(&self) -> DrainRule {
        self.drain
    }
}

impl DrainRule {
    pub(super) fn check(self) -> Result<(), InvalidPolicy> {
        let shortest = Duration::from_millis(10);
        if self.bytes > 1 << 30 {
            return Err(InvalidPolicy::DrainBytes { bytes: self.bytes });
        }
        if !(shortest..=Duration::from_mins(1)).contains(&self.pause) {
            return Err(InvalidPolicy::DrainPause { pause: self.pause });
        }
        if !(shortest..=Duration::from_mins(10)).contains(&self.time) {
            return Err(InvalidPolicy::DrainTime { time: self.time });
        }
        Ok(())
    }
}
