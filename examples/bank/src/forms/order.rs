//! An order to send money.

use serde::Deserialize;

use crate::accounts::{Bank, Transfer, TransferRefused};

/// What a customer typed into the form. What is missing is empty.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Order {
    /// How much.
    pub amount: String,
    /// To whom.
    pub payee: String,
}

/// What is wrong with an order, for the field it is about.
#[derive(Debug, Default)]
pub struct Wrong {
    /// With the amount.
    pub amount: Option<String>,
    /// With the payee.
    pub payee: Option<String>,
}

impl Order {
    /// Sends the money of this customer.
    ///
    /// # Errors
    ///
    /// When no money can be moved; the customer is told in the form.
    pub fn carry_out(&self, bank: &Bank, customer: &str) -> Result<(), Wrong> {
        let wrong_amount = |why: String| Wrong { amount: Some(why), payee: None };
        let amount = self.amount.parse().map_err(|why| wrong_amount(format!("{why}")))?;
        let transfer = Transfer { amount, other: self.payee.trim().to_lowercase() };
        bank.transfer(customer, &transfer).map_err(|why| match why {
            TransferRefused::NotEnough => wrong_amount(why.to_string()),
            TransferRefused::NoSuchPayee | TransferRefused::ToYourself => {
                Wrong { amount: None, payee: Some(why.to_string()) }
            }
        })
    }
}

impl Wrong {
    pub(crate) fn anything(&self) -> bool {
        self.amount.is_some() || self.payee.is_some()
    }
}
