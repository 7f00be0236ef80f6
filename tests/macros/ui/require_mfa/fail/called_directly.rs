//! Calling the function directly does not bypass the check.

use mfakit::require_mfa;

#[require_mfa(scope = "transfer")]
async fn transfer(body: String) -> String {
    body
}

fn main() {
    let _ = transfer(String::new());
}
