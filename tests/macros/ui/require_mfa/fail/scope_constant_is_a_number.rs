//! A constant of another type as the scope.

use mfakit::require_mfa;

const TRANSFER: u8 = 1;

#[require_mfa(scope = TRANSFER)]
async fn transfer(body: String) -> String {
    body
}

fn main() {}
