//! The scope of payments.

use mfakit::{DeclaredScope, MfaBuilder};

pub fn payments(engine: MfaBuilder) -> MfaBuilder {
    engine.declare(DeclaredScope::new("transfer", "make a transfer").psd2())
}
