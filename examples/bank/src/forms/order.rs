//! An order to send money.

use serde::Deserialize;

use crate::accounts::{Bank, InvalidAmount, Transfer, TransferRefused};

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
        bank.transfer(customer, &self.transfer()?).map_err(Wrong::from)
    }

    /// Looks for what is wrong, and sends nothing.
    ///
    /// # Errors
    ///
    /// When no money could be moved.
    pub fn check(&self, bank: &Bank, customer: &str) -> Result<(), Wrong> {
        bank.could_transfer(customer, &self.transfer()?).map_err(Wrong::from)
    }

    fn transfer(&self) -> Result<Transfer, Wrong> {
        let amount = self.amount.parse().map_err(|why: InvalidAmount| Wrong::amount(why.to_string()))?;
        Ok(Transfer { amount, other: self.payee.trim().to_lowercase() })
    }
}

impl From<TransferRefused> for Wrong {
    fn from(why: TransferRefused) -> Self {
        match why {
            TransferRefused::NotEnough => Self::amount(why.to_string()),
            TransferRefused::NoSuchPayee | TransferRefused::ToYourself => {
                Self { amount: None, payee: Some(why.to_string()) }
            }
        }
    }
}

impl Wrong {
    fn amount(why: String) -> Self {
        Self { amount: Some(why), payee: None }
    }

    pub(crate) fn anything(&self) -> bool {
        self.amount.is_some() || self.payee.is_some()
    }
}
