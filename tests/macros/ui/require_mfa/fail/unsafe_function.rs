//! An unsafe function.

use mfakit::require_mfa;

#[require_mfa(scope = "transfer")]
async unsafe fn transfer() {}

fn main() {
    let _ = transfer;
}
