//! An impl block.

use mfakit::require_mfa;

struct Handlers;

#[require_mfa(scope = "transfer")]
impl Handlers {
    async fn transfer() {}
}

fn main() {
    let _ = Handlers::transfer();
}
