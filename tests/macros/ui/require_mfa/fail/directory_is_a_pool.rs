//! A pool as the directory.

use mfakit::MfaBuilder;

#[derive(Clone)]
struct Pool;

fn example(builder: MfaBuilder) -> MfaBuilder {
    builder.directory(Pool)
}

fn main() {}
