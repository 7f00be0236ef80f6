//! A struct.

use mfakit::require_mfa;

#[require_mfa(scope = "transfer")]
struct Transfer;

fn main() {
    let _ = Transfer;
}
