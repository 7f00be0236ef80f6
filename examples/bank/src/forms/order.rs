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
    /// Returns the transfer that this customer orders. No money has moved.
    ///
    /// # Errors
    ///
    /// Returns the error texts for the form if the transfer would fail.
    pub fn transfer(&self, bank: &Bank, customer: &str) -> Result<Transfer, OrderErrors> {
        let amount =
            self.amount.parse().map_err(|why: InvalidAmount| OrderErrors::amount(why.to_string()))?;
        let payee = bank.payee(&self.payee).ok_or(TransferError::NoSuchPayee)?;
        let transfer = Transfer { amount, payee };
        bank.check_transfer(customer, &transfer)?;
        Ok(transfer)
    }
}

/// The form with this transfer, to show it again.
impl From<Transfer> for Order {
    fn from(Transfer { amount, payee }: Transfer) -> Self {
        Self { amount: amount.typed(), payee }
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
