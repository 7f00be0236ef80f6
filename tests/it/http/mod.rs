//! The HTTP contract as one table of named cases, which every framework runs.
//!
//! A case speaks to a [world](world::World): the standard app on some framework, with a clock it moves, a
//! provider, a store and a phone book that fail on demand, and a log it can read. It asks by [`ask::Ask`] and
//! hears [`heard::Heard`], both plain types, so that the very same case runs on any
//! [`Framework`](framework::Framework).

mod actix_errors;
mod actix_identify;
mod ask;
mod axum_identify;
mod case;
mod cases;
mod faults;
mod framework;
mod frameworks;
mod heard;
mod log;
mod same_bytes;
mod served;
mod sockets;
mod tower;
mod world;

#[test]
fn every_http_case_holds_on_axum() {
    case::run(&frameworks::axum::Axum, cases::all());
}

#[test]
fn every_http_case_holds_on_actix_web() {
    case::run(&frameworks::actix::Actix, cases::all());
}
