//! Accounts and transfers.

use mfakit::Action;
use serde::{Deserialize, Serialize};

use super::Dollars;

/// A customer's account.
#[derive(Clone, Debug)]
pub struct Account {
    /// User id of the customer.
    pub id: String,
    /// Current balance.
    pub balance: Dollars,
    /// Entries of the statement, newest first.
    pub statement: Vec<Entry>,
    /// The customer's settings.
    pub settings: Settings,
}

/// A line of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// The account was opened with this balance.
    Opened(Dollars),
    /// The customer sent money.
    Sent(Transfer),
    /// The customer received money.
    Received {
        /// Amount of money.
        amount: Dollars,
        /// User id of the payer.
        from: String,
    },
}

/// Settings of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Name with which the bank addresses the customer.
    pub display_name: String,
    /// True if statements are sent by mail.
    pub paper_statements: bool,
}

/// Money that is sent to another account.
///
/// This is what a customer approves: the code that is sent for one transfer is good for no other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Action)]
pub struct Transfer {
    /// Amount of money.
    #[action(amount)]
    pub amount: Dollars,
    /// User id of the payee.
    #[action(payee)]
    pub payee: String,
}

/// Reason why a transfer fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransferError {
    /// There is no such payee.
    #[error("there’s no account with this username")]
    NoSuchPayee,
    /// The payer and the payee are the same.
    #[error("it’s your own account")]
    ToYourself,
    /// The balance is too low.
    #[error("it’s more than you have")]
    NotEnough,
}

impl Account {
    /// Opens an account with a welcome gift.
    pub(super) fn open(id: &str, name: &str, gift: Dollars) -> Self {
        Self {
            id: id.to_owned(),
            balance: gift,
            statement: vec![Entry::Opened(gift)],
            settings: Settings { display_name: name.to_owned(), paper_statements: false },
        }
    }
}

/// Maximum length of a name, in characters.
const MAX_NAME: usize = 60;

impl Settings {
    /// Returns an error text for the customer, if the settings are not valid.
    #[must_use]
    pub fn problem(&self) -> Option<&'static str> {
        let name = &self.display_name;
        if name.is_empty() {
            Some("enter a name")
        } else if name.chars().count() > MAX_NAME || name.contains(char::is_control) {
            Some("enter a name of at most 60 characters")
        } else {
            None
        }
    }
}

/// Moves money. If it returns an error, nothing has moved.
pub(super) fn transfer(
    accounts: &mut [Account],
    from: &str,
    transfer: &Transfer,
) -> Result<(), TransferError> {
    let Transfer { amount, payee: to } = transfer;
    if from == to {
        return Err(TransferError::ToYourself);
    }
    let find = |id: &str| accounts.iter().position(|account| account.id == id);
    let pair = find(from).zip(find(to)).ok_or(TransferError::NoSuchPayee)?;
    let Ok([payer, payee]) = accounts.get_disjoint_mut([pair.0, pair.1]) else {
        return Err(TransferError::ToYourself);
    };
    let left = payer.balance.minus(*amount).ok_or(TransferError::NotEnough)?;
    let more = payee.balance.plus(*amount).ok_or(TransferError::NotEnough)?;
    (payer.balance, payee.balance) = (left, more);
    payer.statement.insert(0, Entry::Sent(transfer.clone()));
    payee.statement.insert(0, Entry::Received { amount: *amount, from: from.to_owned() });
    Ok(())
}
