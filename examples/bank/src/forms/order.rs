//! Form for a transfer.

use serde::Deserialize;

use crate::accounts::{Bank, InvalidAmount, Transfer, TransferError};

/// Fields of the transfer form. A missing field is empty.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Order {
    /// Amount in dollars.
    pub amount: String,
    /// User id of the payee.
    pub payee: String,
}

/// Error texts for the fields of an order.
#[derive(Debug, Default)]
pub struct OrderErrors {
    /// Error in the amount.
    pub amount: Option<String>,
    /// Error in the payee.
    pub payee: Option<String>,
}

impl Order {
    /// Transfers this customer's money.
    ///
    /// # Errors
    ///
    /// Returns the error texts for the form if the transfer fails.
    pub fn carry_out(&self, bank: &Bank, customer: &str) -> Result<(), OrderErrors> {
        bank.transfer(customer, &self.transfer()?).map_err(OrderErrors::from)
    }

    /// Checks the order without transferring money.
    ///
    /// # Errors
    ///
    /// Returns the error texts for the form if the transfer would fail.
    pub fn check(&self, bank: &Bank, customer: &str) -> Result<(), OrderErrors> {
        bank.check_transfer(customer, &self.transfer()?).map_err(OrderErrors::from)
    }

    fn transfer(&self) -> Result<Transfer, OrderErrors> {
        let amount =
            self.amount.parse().map_err(|why: InvalidAmount| OrderErrors::amount(why.to_string()))?;
        Ok(Transfer { amount, other: self.payee.trim().to_lowercase() })
    }
}

impl From<TransferError> for OrderErrors {
    fn from(why: TransferError) -> Self {
        match why {
            TransferError::NotEnough => Self::amount(why.to_string()),
            TransferError::NoSuchPayee | TransferError::ToYourself => {
                Self { amount: None, payee: Some(why.to_string()) }
            }
        }
    }
}

impl OrderErrors {
    fn amount(why: String) -> Self {
        Self { amount: Some(why), payee: None }
    }

    pub(crate) fn anything(&self) -> bool {
        self.amount.is_some() || self.payee.is_some()
    }
}
