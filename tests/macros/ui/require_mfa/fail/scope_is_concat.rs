//! `concat!` as the scope.

use mfakit::require_mfa;

#[require_mfa(scope = concat!("settings", ".phone"))]
async fn settings(body: String) -> String {
    body
}

fn main() {}
