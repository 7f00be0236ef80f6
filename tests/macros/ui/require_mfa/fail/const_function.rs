//! The compiler itself rejects a function that is both const and async.

use mfakit::require_mfa;

#[require_mfa(scope = "transfer")]
const async fn transfer() {}

fn main() {
    let _ = transfer;
}
