//! A function that is not async, guarded twice: one error all the same.

use mfakit::require_mfa;

#[require_mfa(scope = "transfer")]
#[require_mfa(scope = "login")]
fn transfer(body: String) -> String {
    body
}

fn main() {
    let _ = transfer(String::new());
}
