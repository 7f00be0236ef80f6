//! A function that is not async and has two attributes is reported only once.

use mfakit::require_mfa;

#[require_mfa(scope = "transfer")]
#[require_mfa(scope = "login")]
fn transfer(body: String) -> String {
    body
}

fn main() {
    let _ = transfer(String::new());
}
