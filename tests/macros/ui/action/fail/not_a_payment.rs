//! Types that a scope of payments cannot approve.

use mfakit::{Action, DeclaredScope, action::Money};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Action)]
struct TopUp {
    #[action(amount)]
    amount: Money,
}

#[derive(Serialize, Deserialize, Action)]
enum Order {
    Transfer {
        #[action(amount)]
        amount: Money,
        #[action(payee)]
        payee: String,
    },
    Cancel {
        #[action(payee)]
        payee: String,
    },
}

#[derive(Serialize, Deserialize)]
struct NoAction;

fn main() {
    let _ = DeclaredScope::new("top-up", "top up").psd2::<TopUp>();
    let _ = DeclaredScope::new("transfer", "make a transfer").psd2::<Order>();
    let _ = DeclaredScope::new("other", "do something").psd2::<NoAction>();
}
