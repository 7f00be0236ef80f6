//! The scope of payments.

use mfakit::{DeclaredScope, MfaBuilder, Policy};

use super::order::Order;

pub fn payments(engine: MfaBuilder) -> MfaBuilder {
    let transfer = DeclaredScope::new("transfer", "make a transfer").psd2::<Order>();
    engine.declare(transfer).policy(Policy::default().lock_after(5))
}
