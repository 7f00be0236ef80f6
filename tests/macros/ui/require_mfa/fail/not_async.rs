//! A function that is not async.

use mfakit::require_mfa;

#[require_mfa(scope = "transfer")]
fn transfer(body: String) -> String {
    body
}

fn main() {
    let _ = transfer(String::new());
}
