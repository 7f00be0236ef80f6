//! `?` on a rejection, in a handler whose error type lacks `From<MfaRejection>`.

use mfakit::{RequireMfa, StepUp};

enum AppError {
    NoFunds,
}

async fn pay(step_up: StepUp) -> Result<(), AppError> {
    step_up.require(RequireMfa::scope("pay")).await?;
    Err(AppError::NoFunds)
}

fn main() {}
