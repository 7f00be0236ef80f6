//! A method on a smart pointer.

use mfakit::require_mfa;

struct Bank;

impl Bank {
    #[require_mfa(scope = "transfer")]
    async fn transfer(self: std::sync::Arc<Self>) {}
}

fn main() {
    let _ = std::sync::Arc::new(Bank).transfer();
}
