//! A directory that has a number for every user.

use mfakit::{MfaBuilder, PhoneNumber, UserId};

async fn phone(_user: UserId) -> Result<PhoneNumber, mfakit::error::InvalidPhoneNumber> {
    PhoneNumber::new("+12025550123")
}

fn example(builder: MfaBuilder) -> MfaBuilder {
    builder.directory(phone)
}

fn main() {}
