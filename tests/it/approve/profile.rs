//! The scope of payments.

use mfakit::{DeclaredScope, MfaBuilder, Policy};

pub fn payments(engine: MfaBuilder) -> MfaBuilder {
    let transfer = DeclaredScope::new("transfer", "make a transfer").psd2();
    engine.declare(transfer).policy(Policy::default().lock_after(5))
}
