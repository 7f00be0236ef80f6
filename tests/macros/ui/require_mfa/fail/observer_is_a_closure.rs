//! A closure as the observer.

use mfakit::{MfaBuilder};

fn example(builder: MfaBuilder) -> MfaBuilder {
    builder.observer(|event| println!("{event:?}"))
}

fn main() {}
