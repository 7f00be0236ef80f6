//! A directory without a `Result`.

use mfakit::{MfaBuilder, PhoneNumber, UserId};

async fn phone(_user: UserId) -> Option<PhoneNumber> {
    None
}

fn example(builder: MfaBuilder) -> MfaBuilder {
    builder.directory(phone)
}

fn main() {}
