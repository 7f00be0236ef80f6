//! Tests in a real browser, on both frameworks.

// Clippy lets `#[test]` functions unwrap, index and print. Their shared code does it for the same reason.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod axe;
mod bank;
mod console;
mod driver;
mod elsewhere;
mod on_both;
mod requests;
mod selectors;
mod site;
mod visitor;

mod answered;
mod approved;
mod dialog;
mod dressed;
mod endings;
mod extra_fields;
mod fetch;
mod from_elsewhere;
mod harness;
mod keyboard;
mod lost_phone;
mod module;
mod number_dialog;
mod number_states;
mod numbers;
mod odd_pages;
mod payments;
mod plain_forms;
mod recovery_states;
mod second_sending;
mod service_worker;
mod signals;
mod spa;
mod spoken;
mod states;
mod uploads;
mod without_javascript;
