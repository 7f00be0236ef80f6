//! A closure as the risk check.

use mfakit::{MfaBuilder, risk::{OnRiskError, Risk}};

fn example(builder: MfaBuilder) -> MfaBuilder {
    builder.risk_check(async |_send| Ok(Risk::Accept), OnRiskError::Reject)
}

fn main() {}
