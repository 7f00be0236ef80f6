//! Recorder of one test. It is current only while an engine is built, so tests do not count for each other.

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use mfakit::{Mfa, MfaBuilder, metrics};

use crate::operations::exposition::Exposition;

/// Recorder for Prometheus, with the buckets that the documentation recommends.
pub(crate) struct Recorder {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
}

impl Recorder {
    pub(crate) fn new() -> Self {
        let recorder =
            PrometheusBuilder::new().set_buckets(&metrics::DURATION_BUCKETS).unwrap().build_recorder();
        let handle = recorder.handle();
        ::metrics::with_local_recorder(&recorder, metrics::describe);
        Self { recorder, handle }
    }

    /// Builds an engine that counts for this recorder.
    pub(crate) fn build(&self, builder: MfaBuilder) -> Mfa {
        ::metrics::with_local_recorder(&self.recorder, || builder.metrics().build().unwrap())
    }

    /// Calls `act` while this recorder is the current one of the thread.
    pub(crate) fn with<T>(&self, act: impl FnOnce() -> T) -> T {
        ::metrics::with_local_recorder(&self.recorder, act)
    }

    /// Returns what Prometheus would scrape.
    pub(crate) fn text(&self) -> String {
        self.handle.run_upkeep();
        self.handle.render()
    }

    pub(crate) fn scrape(&self) -> Exposition {
        Exposition::read(&self.text())
    }
}
