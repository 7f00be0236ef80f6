//! A directory with a second argument, without `directory_with`.

use mfakit::{MfaBuilder, PhoneNumber, UserId};

#[derive(Clone)]
struct Pool;

impl Pool {
    async fn phone(&self, _user: &UserId) -> Result<Option<PhoneNumber>, std::io::Error> {
        Ok(None)
    }
}

async fn phone(pool: Pool, user: UserId) -> Result<Option<PhoneNumber>, std::io::Error> {
    pool.phone(&user).await
}

fn example(builder: MfaBuilder) -> MfaBuilder {
    builder.directory(phone)
}

fn main() {}
