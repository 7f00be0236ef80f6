//! A scope of payments that names no type.

use mfakit::DeclaredScope;

fn main() {
    let _ = DeclaredScope::new("transfer", "make a transfer").psd2();
}
