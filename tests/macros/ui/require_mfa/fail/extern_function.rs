//! A function with an ABI.

use mfakit::require_mfa;

#[require_mfa(scope = "transfer")]
async extern "C" fn transfer() {}

fn main() {
    let _ = transfer;
}
