//! Counts and durations, for the recorder that the app installs.
//!
//! 1. Events are counted where they are observed. Calls of ports are timed in `ports`. A guard that lets a request pass
//!    causes no event, so the check itself counts it.
//! 2. Without the feature `metrics`, or unless the builder asks for metrics, nothing is counted or timed.
//! 3. Handles are resolved once. A recorder that is installed after the engine was built is found by the next count.

#[cfg(feature = "metrics")]
mod counters;
#[cfg(feature = "metrics")]
mod gauges;
#[cfg(feature = "metrics")]
mod handles;
#[cfg(feature = "metrics")]
mod histograms;
#[cfg(feature = "metrics")]
mod labels;
mod operation;
#[cfg(feature = "metrics")]
mod series;

#[cfg(not(feature = "metrics"))]
mod off;
#[cfg(feature = "metrics")]
mod on;

#[cfg(feature = "metrics")]
pub(crate) use labels::Labels;
#[cfg(not(feature = "metrics"))]
pub(crate) use off::Meter;
#[cfg(feature = "metrics")]
pub(crate) use on::Meter;

pub(crate) use operation::{Operation, Outcome};
