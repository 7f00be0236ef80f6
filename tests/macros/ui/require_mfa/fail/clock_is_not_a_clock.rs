//! A function as the clock.

use mfakit::{MfaBuilder};

fn example(builder: MfaBuilder) -> MfaBuilder {
    builder.clock(std::time::SystemTime::now)
}

fn main() {}
