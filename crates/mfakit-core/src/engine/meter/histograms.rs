//! Durations of calls of ports.

use std::time::Duration;

use ::metrics::Histogram;

use crate::{
    engine::meter::{
        operation::{Operation, Outcome},
        series::Series,
    },
    metrics::{PROVIDER_DURATION, STORE_DURATION},
};

/// Durations of one operation, by outcome.
struct Durations {
    ok: Histogram,
    error: Histogram,
}

/// Durations of every operation.
pub(super) struct Histograms {
    send: Durations,
    verify: Durations,
    check: Durations,
    read: Durations,
    write: Durations,
}

impl Histograms {
    pub(super) fn new(series: Series<'_>) -> Self {
        let durations = |name, operation| {
            let with = |outcome| series.histogram(name, &[("operation", operation), ("outcome", outcome)]);
            Durations { ok: with("ok"), error: with("error") }
        };
        Self {
            send: durations(PROVIDER_DURATION, "send"),
            verify: durations(PROVIDER_DURATION, "verify"),
            check: durations(STORE_DURATION, "check"),
            read: durations(STORE_DURATION, "read"),
            write: durations(STORE_DURATION, "write"),
        }
    }

    pub(super) fn record(&self, operation: Operation, outcome: Outcome, took: Duration) {
        let durations = match operation {
            Operation::Send => &self.send,
            Operation::Verify => &self.verify,
            Operation::Check => &self.check,
            Operation::Read => &self.read,
            Operation::Write => &self.write,
        };
        match outcome {
            Outcome::Ok => durations.ok.record(took),
            Outcome::Error => durations.error.record(took),
        }
    }
}
