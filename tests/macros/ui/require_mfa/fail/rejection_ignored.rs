//! The result of `StepUp::require` is ignored.

#![deny(unused_must_use)]

use mfakit::{RequireMfa, StepUp};

async fn pay(step_up: StepUp) {
    step_up.require(RequireMfa::scope("pay")).await;
}

async fn refund(step_up: StepUp) {
    step_up.require(RequireMfa::scope("pay"));
}

fn main() {}
