//! A closure that captures a pool without `Clone`.

use mfakit::{MfaBuilder, PhoneNumber, UserId};

struct Pool;

impl Pool {
    async fn phone(&self, _user: &UserId) -> Result<Option<PhoneNumber>, std::io::Error> {
        Ok(None)
    }
}

fn example(builder: MfaBuilder, pool: Pool) -> MfaBuilder {
    builder.directory(async move |user| pool.phone(&user).await)
}

fn main() {}
