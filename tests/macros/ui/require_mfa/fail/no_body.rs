//! A trait function without a body.

use mfakit::require_mfa;

trait Bank {
    #[require_mfa(scope = "transfer")]
    async fn transfer();
}

struct Paper;

impl Bank for Paper {
    async fn transfer() {}
}

fn main() {
    let _ = Paper::transfer();
}
