//! A constant.

use mfakit::require_mfa;

#[require_mfa(scope = "transfer")]
const LIMIT: u64 = 1;

fn main() {
    let _ = LIMIT;
}
