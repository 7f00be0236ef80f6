//! Value that the app has approved.

use mfakit::action::{Action, Words};
use serde::{Deserialize, Serialize};

/// A payment, which a person approves as a whole.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Payment {
    pub(crate) amount: u32,
    pub(crate) payee: String,
}

impl Action for Payment {
    fn words(&self) -> Words {
        Words::new().with_payee(self.payee.as_str()).with_line("Units", self.amount.to_string())
    }
}
