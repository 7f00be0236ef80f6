//! Tests that span several crates.

// Clippy lets `#[test]` functions unwrap, index and print. Their shared code does it for the same reason.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)]

mod actix_attribute;
mod actix_errors;
mod actix_identify;
mod actix_tracing;
mod allocations;
mod approve;
mod approved_value;
mod at_once;
mod attribute;
mod axum_identify;
mod axum_method_router;
mod body_types;
mod bound_allocations;
mod bound_streams;
mod derived_action;
mod destinations;
mod documents;
mod guard_call;
mod guide;
mod late_store;
mod layers;
/// Log of an app, shared with the HTTP cases.
#[path = "../http/log.rs"]
mod log;
mod log_lines;
mod missing_routes;
mod native;
mod notices;
mod operations;
mod own_tests;
#[path = "../benches/approve/payments.rs"]
mod payments;
#[cfg(feature = "python")]
mod phone_plans;
mod pretended_sockets;
mod proof;
#[cfg(feature = "python")]
mod python_sdk;
mod races;
mod recipes;
mod rejection_kinds;
mod scope_constants;
mod security_table;
mod shown_code;
mod sign_out;
mod single_use;
mod small_engine;
mod sockets;
mod spine;
mod store_failures;
mod tower;
mod uploads;
mod wrappers;
