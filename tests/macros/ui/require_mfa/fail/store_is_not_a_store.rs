//! A connection as the store.

use mfakit::{MfaBuilder};

fn example(builder: MfaBuilder) -> MfaBuilder {
    builder.store("redis://localhost")
}

fn main() {}
