//! Sizes and states.

use ::metrics::Gauge;

use crate::{
    engine::meter::{labels::Labels, series::Series},
    health::{Health, HealthStatus},
    metrics::{CLOCK_OFFSET, HEALTH, SECRETS, STORE_CAPACITY, STORE_RECORDS},
    store::{Fill, StoreSize},
};

/// Records and capacity of one kind.
struct FillGauges {
    records: Gauge,
    capacity: Gauge,
}

/// Gauges of one engine.
pub(super) struct Gauges {
    /// Users, grants and budgets; `None` if the store does not say how full it is.
    sizes: Option<[FillGauges; 4]>,
    health: Vec<(&'static str, Gauge)>,
    store_offset: Gauge,
    provider_offset: Gauge,
}

impl Gauges {
    pub(super) fn new(series: Series<'_>, labels: &Labels) -> Self {
        let fill = |kind| FillGauges {
            records: series.gauge(STORE_RECORDS, &[("kind", kind)]),
            capacity: series.gauge(STORE_CAPACITY, &[("kind", kind)]),
        };
        // Not a number until the health is known, so that no alert compares it.
        let unknown = |name, labels: &[(&'static str, &str)]| {
            let gauge = series.gauge(name, labels);
            gauge.set(f64::NAN);
            gauge
        };
        #[allow(clippy::cast_precision_loss, reason = "an app has a handful of secrets")]
        series.gauge(SECRETS, &[]).set(labels.secrets as f64);
        Self {
            sizes: labels.has_size.then(|| [fill("users"), fill("grants"), fill("budgets"), fill("actions")]),
            health: Health::NAMES.iter().map(|name| (*name, unknown(HEALTH, &[("check", *name)]))).collect(),
            store_offset: unknown(CLOCK_OFFSET, &[("source", "store")]),
            provider_offset: unknown(CLOCK_OFFSET, &[("source", "provider")]),
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "exact up to 2^52 records")]
    pub(super) fn size(&self, size: &StoreSize) {
        let Some(gauges) = &self.sizes else { return };
        let fills = [size.users, size.grants, size.budgets, size.actions];
        for (gauges, Fill { records, capacity }) in gauges.iter().zip(fills) {
            gauges.records.set(records as f64);
            gauges.capacity.set(capacity as f64);
        }
    }

    pub(super) fn health(&self, health: &Health) {
        for (name, gauge) in &self.health {
            if let Some(check) = health.check(name) {
                gauge.set(match check.status {
                    HealthStatus::Ok => 1.0,
                    HealthStatus::Degraded => 0.5,
                    HealthStatus::Failed => 0.0,
                });
            }
        }
        let store = (&self.store_offset, health.store_clock_offset());
        let provider = (&self.provider_offset, health.provider_clock_offset());
        for (gauge, offset) in [store, provider] {
            if let Some(offset) = offset {
                gauge.set(offset.as_secs_f64());
            }
        }
    }
}
