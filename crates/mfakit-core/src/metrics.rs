//! Names and descriptions of the metrics.
//!
//! The feature `metrics` adds this module and [`MfaBuilder::metrics`](crate::engine::MfaBuilder::metrics), which turns
//! the metrics on. They go through the facade of the crate [`metrics`](https://docs.rs/metrics), version 0.24, to the recorder that the
//! app installs. mfakit installs none.
//!
//! | metric | kind | labels |
//! |---|---|---|
//! | `mfakit_starts_total` | counter | `scope` |
//! | `mfakit_sends_total` | counter | `channel`, `country` |
//! | `mfakit_conversions_total` | counter | `country` |
//! | `mfakit_verdicts_total` | counter | `verdict`: `approved`, `rejected`, `repeated` |
//! | `mfakit_checks_total` | counter | `scope`, `outcome`: `granted`, `denied` |
//! | `mfakit_grants_consumed_total` | counter | |
//! | `mfakit_rejections_total` | counter | `operation`, `reason` |
//! | `mfakit_locks_total` | counter | `kind`: `timed`, `permanent` |
//! | `mfakit_rejection_surges_total` | counter | |
//! | `mfakit_failures_total` | counter | `source`, `error_type` |
//! | `mfakit_provider_duration_seconds` | histogram | `operation`: `send`, `verify`; `outcome`: `ok`, `error` |
//! | `mfakit_store_duration_seconds` | histogram | `operation`: `check`, `read`, `write`; `outcome`: `ok`, `error` |
//! | `mfakit_store_records`, `mfakit_store_capacity` | gauge | `kind`: `users`, `grants`, `budgets`, `actions` |
//! | `mfakit_secrets` | gauge | |
//! | `mfakit_health` | gauge | `check`: `store`, `provider`, `secrets`, `clock` |
//! | `mfakit_clock_offset_seconds` | gauge | `source`: `store`, `provider` |
//!
//! 1. No label contains a user, a number, an address, a session or text of a client. A `scope` is one that the app
//!    declared, and a `country` is one of its lists of countries. Everything else is `other`.
//! 2. Together, at most 16 scopes and countries have labels of their own: up to six scopes in alphabetical order, and the
//!    first countries of the lists. The rest is `other`. An app has at most 210 series, even with the buckets of both
//!    histograms, if they are [`DURATION_BUCKETS`].
//! 3. A check of a guard whose store answers at once, as the memory store does, is counted and not timed.
//! 4. The last two gauges, and `mfakit_health`, are set by [`Mfa::health`](crate::engine::Mfa::health).
//!
//! ```
//! use mfakit_core::{MfaBuilder, metrics};
//!
//! fn observed(builder: MfaBuilder) -> MfaBuilder {
//!     // First install a recorder, for example that of the crate `metrics-exporter-prometheus`.
//!     metrics::describe();
//!     builder.metrics()
//! }
//! ```

use ::metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

/// Upper bounds of the histograms' buckets, in seconds, for the exporter.
///
/// With `metrics-exporter-prometheus`:
///
/// ```
/// # use mfakit_core::metrics::DURATION_BUCKETS;
/// # struct PrometheusBuilder;
/// # impl PrometheusBuilder { fn new() -> Self { Self } fn set_buckets(self, _: &[f64]) -> Result<Self, String> { Ok(self) } }
/// let recorder = PrometheusBuilder::new().set_buckets(&DURATION_BUCKETS)?;
/// # Ok::<(), String>(())
/// ```
pub const DURATION_BUCKETS: [f64; 5] = [0.005, 0.05, 0.25, 1.0, 5.0];

/// Label of every scope and country without a label of its own, and of reasons that this version does not list.
pub const OTHER: &str = "other";

pub(crate) const STARTS: &str = "mfakit_starts_total";
pub(crate) const SENDS: &str = "mfakit_sends_total";
pub(crate) const CONVERSIONS: &str = "mfakit_conversions_total";
pub(crate) const VERDICTS: &str = "mfakit_verdicts_total";
pub(crate) const CHECKS: &str = "mfakit_checks_total";
pub(crate) const CONSUMED: &str = "mfakit_grants_consumed_total";
pub(crate) const REJECTIONS: &str = "mfakit_rejections_total";
pub(crate) const LOCKS: &str = "mfakit_locks_total";
pub(crate) const SURGES: &str = "mfakit_rejection_surges_total";
pub(crate) const FAILURES: &str = "mfakit_failures_total";
pub(crate) const PROVIDER_DURATION: &str = "mfakit_provider_duration_seconds";
pub(crate) const STORE_DURATION: &str = "mfakit_store_duration_seconds";
pub(crate) const STORE_RECORDS: &str = "mfakit_store_records";
pub(crate) const STORE_CAPACITY: &str = "mfakit_store_capacity";
pub(crate) const SECRETS: &str = "mfakit_secrets";
pub(crate) const HEALTH: &str = "mfakit_health";
pub(crate) const CLOCK_OFFSET: &str = "mfakit_clock_offset_seconds";

/// Describes every metric to the recorder, with its unit. Call it once, after the recorder is installed. Without a
/// recorder, it does nothing.
pub fn describe() {
    describe_counter!(STARTS, Unit::Count, "Requests for a code, by scope.");
    describe_counter!(SENDS, Unit::Count, "Codes that the provider accepted, by channel and country.");
    describe_counter!(CONVERSIONS, Unit::Count, "Challenges that were completed, by country of the number.");
    describe_counter!(VERDICTS, Unit::Count, "Codes entered that were compared, by verdict.");
    describe_counter!(CHECKS, Unit::Count, "Requests that a guard checked, by scope and outcome.");
    describe_counter!(CONSUMED, Unit::Count, "Grants for a single use that were consumed.");
    describe_counter!(REJECTIONS, Unit::Count, "Rejected starts, attempts and requests, by reason.");
    describe_counter!(LOCKS, Unit::Count, "Users that were locked after too many wrong codes.");
    describe_counter!(SURGES, Unit::Count, "Wrong codes beyond what the policy considers usual.");
    describe_counter!(FAILURES, Unit::Count, "Failures of the provider, the store and functions of the app.");
    describe_histogram!(PROVIDER_DURATION, Unit::Seconds, "Duration of calls of the provider.");
    describe_histogram!(STORE_DURATION, Unit::Seconds, "Duration of calls of the store.");
    describe_gauge!(STORE_RECORDS, Unit::Count, "Records in a store of limited size, by kind.");
    describe_gauge!(STORE_CAPACITY, Unit::Count, "Largest number of records in the store, by kind.");
    describe_gauge!(SECRETS, Unit::Count, "Secrets that the app configured; 0 for a random one.");
    describe_gauge!(HEALTH, Unit::Count, "Result of a check: 1 is ok, 0.5 is degraded, 0 is failed.");
    describe_gauge!(
        CLOCK_OFFSET,
        Unit::Seconds,
        "Time of another machine minus the time of the app's clock."
    );
}
