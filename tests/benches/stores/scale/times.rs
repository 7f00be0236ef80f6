//! Distribution of times.

use std::{fmt, time::Duration};

/// Width of a slot.
const STEP: Duration = Duration::from_nanos(100);

/// Number of slots. Times that exceed the last one count as the longest.
const SLOTS: usize = 100_000;

/// Distribution of times, in slots of 100 ns up to 10 ms. Its memory does not grow, so that it does not count as the
/// store's.
pub(super) struct Times {
    slots: Vec<u32>,
    longest: Duration,
}

impl Times {
    pub(super) fn new() -> Self {
        // Ones, not zeros: zeroed memory would become resident only as it is written.
        let mut slots = vec![1; SLOTS];
        slots.fill(0);
        Self { slots, longest: Duration::ZERO }
    }

    pub(super) fn add(&mut self, took: Duration) {
        let slot = took.as_nanos() / STEP.as_nanos();
        self.slots[usize::try_from(slot).unwrap().min(SLOTS - 1)] += 1;
        self.longest = self.longest.max(took);
    }

    /// Returns the time that this share of the times does not exceed, in thousandths.
    pub(super) fn quantile(&self, thousandths: u64) -> Micros {
        let all: u64 = self.slots.iter().map(|count| u64::from(*count)).sum();
        let mut left = (all * thousandths).div_ceil(1000);
        let slot = self.slots.iter().position(|count| {
            left = left.saturating_sub(u64::from(*count));
            left == 0
        });
        match slot.unwrap() + 1 {
            SLOTS => self.longest(),
            slot => Micros(STEP * u32::try_from(slot).unwrap()),
        }
    }

    /// Returns the longest time.
    pub(super) fn longest(&self) -> Micros {
        Micros(self.longest)
    }
}

/// Time in microseconds.
pub(super) struct Micros(pub(super) Duration);

impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1}", self.0.as_secs_f64() * 1e6)
    }
}
