//! A module.

use mfakit::require_mfa;

#[require_mfa(scope = "transfer")]
mod transfer {
    pub async fn transfer() {}
}

fn main() {
    let _ = transfer::transfer();
}
