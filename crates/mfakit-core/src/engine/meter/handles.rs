//! Handles of every series, which are resolved once.

use std::cell::Cell;

use ::metrics::{IntoF64, Key, Recorder};

use crate::{
    engine::meter::{
        counters::Counters, gauges::Gauges, histograms::Histograms, labels::Labels, series::Series,
    },
    metrics::SECRETS,
};

/// Handles of one engine.
pub(super) struct Handles {
    pub(super) counters: Counters,
    pub(super) gauges: Gauges,
    pub(super) histograms: Histograms,
}

impl Handles {
    pub(super) fn new(recorder: &dyn Recorder, labels: &Labels) -> Self {
        let series = Series(recorder);
        Self {
            counters: Counters::new(series, labels),
            gauges: Gauges::new(series, labels),
            histograms: Histograms::new(series),
        }
    }
}

/// Returns whether the recorder records. The facade has one that does not, until the app installs its own.
///
/// A handle converts a value only if it records it.
pub(super) fn is_live(recorder: &dyn Recorder) -> bool {
    static PROBED: Key = Key::from_static_name(SECRETS);
    let converted = Cell::new(false);
    let metadata = ::metrics::Metadata::new("mfakit", ::metrics::Level::INFO, None);
    recorder.register_gauge(&PROBED, &metadata).increment(Nothing(&converted));
    converted.get()
}

/// Zero that notes its conversion.
struct Nothing<'a>(&'a Cell<bool>);

impl IntoF64 for Nothing<'_> {
    fn into_f64(self) -> f64 {
        self.0.set(true);
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Filtering;

    impl Recorder for Filtering {
        fn describe_counter(
            &self,
            _: ::metrics::KeyName,
            _: Option<::metrics::Unit>,
            _: ::metrics::SharedString,
        ) {
        }
        fn describe_gauge(
            &self,
            _: ::metrics::KeyName,
            _: Option<::metrics::Unit>,
            _: ::metrics::SharedString,
        ) {
        }
        fn describe_histogram(
            &self,
            _: ::metrics::KeyName,
            _: Option<::metrics::Unit>,
            _: ::metrics::SharedString,
        ) {
        }
        fn register_counter(&self, _: &Key, _: &::metrics::Metadata<'_>) -> ::metrics::Counter {
            ::metrics::Counter::noop()
        }
        fn register_gauge(&self, _: &Key, _: &::metrics::Metadata<'_>) -> ::metrics::Gauge {
            ::metrics::Gauge::from_arc(std::sync::Arc::new(::metrics::atomics::AtomicU64::new(0)))
        }
        fn register_histogram(&self, _: &Key, _: &::metrics::Metadata<'_>) -> ::metrics::Histogram {
            ::metrics::Histogram::noop()
        }
    }

    #[test]
    fn a_recorder_that_records_is_told_from_the_one_that_does_not() {
        assert!(!is_live(&::metrics::NoopRecorder));
        assert!(is_live(&Filtering));
    }
}
