//! An account, and how money moves.

use super::{Customer, Dollars};

/// A customer's account.
#[derive(Clone, Debug)]
pub struct Account {
    /// Whose it is.
    pub id: String,
    /// What is in it.
    pub balance: Dollars,
    /// What happened to it, newest first.
    pub statement: Vec<Entry>,
    /// What the customer chose.
    pub settings: Settings,
}

/// A line of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// How it began.
    Opened(Dollars),
    /// Money went to somebody.
    Sent(Transfer),
    /// Money came from somebody.
    Received(Transfer),
}

/// What a customer chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How the bank addresses them.
    pub display_name: String,
    /// Whether statements come by post.
    pub paper_statements: bool,
}

/// Money for, or from, another customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// How much.
    pub amount: Dollars,
    /// The other customer.
    pub other: String,
}

/// Why no money moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransferRefused {
    /// The payee is not known.
    #[error("nobody with this user name has an account here")]
    NoSuchPayee,
    /// Payer and payee are the same.
    #[error("this is your own account")]
    ToYourself,
    /// The account has less than that.
    #[error("this is more than you have")]
    NotEnough,
}

impl Account {
    /// A customer's new account, with the bank's welcome gift.
    pub(super) fn open(customer: &Customer) -> Self {
        let gift = Dollars::whole(2500);
        Self {
            id: customer.id.to_owned(),
            balance: gift,
            statement: vec![Entry::Opened(gift)],
            settings: Settings { display_name: customer.name.to_owned(), paper_statements: false },
        }
    }
}

/// The longest name that fits on the envelope.
const LONGEST_NAME: usize = 60;

impl Settings {
    /// What is wrong with them, if anything is.
    #[must_use]
    pub fn problem(&self) -> Option<&'static str> {
        let name = &self.display_name;
        if name.is_empty() {
            Some("enter a name")
        } else if name.chars().count() > LONGEST_NAME || name.contains(char::is_control) {
            Some("enter a name of at most 60 characters")
        } else {
            None
        }
    }
}

/// Moves money, all of it or none.
pub(super) fn transfer(
    accounts: &mut [Account],
    from: &str,
    Transfer { amount, other }: &Transfer,
) -> Result<(), TransferRefused> {
    if from == other {
        return Err(TransferRefused::ToYourself);
    }
    let find = |id: &str| accounts.iter().position(|account| account.id == id);
    let pair = find(from).zip(find(other)).ok_or(TransferRefused::NoSuchPayee)?;
    let Ok([payer, payee]) = accounts.get_disjoint_mut([pair.0, pair.1]) else {
        return Err(TransferRefused::ToYourself);
    };
    let left = payer.balance.minus(*amount).ok_or(TransferRefused::NotEnough)?;
    let more = payee.balance.plus(*amount).ok_or(TransferRefused::NotEnough)?;
    (payer.balance, payee.balance) = (left, more);
    payer.statement.insert(0, Entry::Sent(Transfer { amount: *amount, other: other.clone() }));
    payee.statement.insert(0, Entry::Received(Transfer { amount: *amount, other: from.to_owned() }));
    Ok(())
}
