//! A directory that takes a reference.

use mfakit::{MfaBuilder, PhoneNumber, UserId};

async fn phone(_user: &UserId) -> Result<Option<PhoneNumber>, std::io::Error> {
    Ok(None)
}

fn example(builder: MfaBuilder) -> MfaBuilder {
    builder.directory(phone)
}

fn main() {}
