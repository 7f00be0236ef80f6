//! Set-up of the metrics. The code in `docs/operations.md` is taken from this file.

use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use mfakit::MfaBuilder;

// Used by the test only.
use crate::shown_code::assert_shown;

fn install_metrics() -> Result<PrometheusHandle, BuildError> {
    let exporter = PrometheusBuilder::new().set_buckets(&mfakit::metrics::DURATION_BUCKETS)?;
    let handle = exporter.install_recorder()?; // before the engine is built
    mfakit::metrics::describe();
    Ok(handle) // handle.render() is the body of your route for Prometheus
}

fn with_metrics(builder: MfaBuilder) -> MfaBuilder {
    builder.metrics()
}

#[test]
fn the_code_of_the_page_compiles() {
    // It installs a recorder for the whole process, so it is not called here.
    let _: (fn() -> _, fn(_) -> _) = (install_metrics, with_metrics);
    let page = include_str!("../../../docs/operations.md");
    let (_, metrics) = page.split_once("## Metrics").unwrap();
    let (metrics, _) = metrics.split_once("\n## ").unwrap();
    assert_shown(metrics, &[("setup", include_str!("setup.rs"))]);
}
