//! A method.

use mfakit::require_mfa;

struct Bank;

impl Bank {
    #[require_mfa(scope = "transfer")]
    async fn transfer(&self, body: String) -> String {
        body
    }
}

fn main() {
    let _ = Bank.transfer(String::new());
}
