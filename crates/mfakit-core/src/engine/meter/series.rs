//! Registration of series.

use ::metrics::{Counter, Gauge, Histogram, Key, Label, Level, Metadata, Recorder};

const METADATA: Metadata<'static> = Metadata::new("mfakit", Level::INFO, None);

/// Recorder of the app.
#[derive(Clone, Copy)]
pub(super) struct Series<'a>(pub(super) &'a dyn Recorder);

impl Series<'_> {
    pub(super) fn counter(self, name: &'static str, labels: &[(&'static str, &str)]) -> Counter {
        self.0.register_counter(&key(name, labels), &METADATA)
    }

    pub(super) fn gauge(self, name: &'static str, labels: &[(&'static str, &str)]) -> Gauge {
        self.0.register_gauge(&key(name, labels), &METADATA)
    }

    pub(super) fn histogram(self, name: &'static str, labels: &[(&'static str, &str)]) -> Histogram {
        self.0.register_histogram(&key(name, labels), &METADATA)
    }
}

fn key(name: &'static str, labels: &[(&'static str, &str)]) -> Key {
    let labels: Vec<_> = labels.iter().map(|(name, value)| Label::new(*name, (*value).to_owned())).collect();
    Key::from_parts(name, labels)
}
