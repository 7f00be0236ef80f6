//! View of an operator: metrics, their alerts and dashboard, and health.

mod bank;
mod cost;
mod exposition;
mod named;
mod promql;
mod readiness;
mod recorder;
mod series;
mod setup;
