//! The bank: customers, accounts and transfers.

mod account;
mod customer;
mod dollars;
mod hashing;
mod password;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use mfakit::{
    BoxError, Changed, MemoryNumberBook, MemoryRecoveryBook, NumberBook, NumberChange, NumberOnFile,
    PhoneNumber, RecoveryBook, RecoveryRecord, Timestamp, UserId,
};
use secrecy::SecretString;

pub use account::{Account, Entry, Settings, Transfer, TransferError};
pub use dollars::{Dollars, InvalidAmount};

use customer::Customer;
use hashing::Hashing;
use password::Password;

/// The bank, in memory. All clones share the same data.
#[derive(Clone, Debug)]
pub struct Bank(Arc<Vault>);

#[derive(Debug)]
struct Vault {
    customers: Vec<Customer>,
    accounts: Mutex<Vec<Account>>,
    numbers: MemoryNumberBook,
    recovery: MemoryRecoveryBook,
    /// Compared when the user name is unknown.
    dummy_password: Password,
    hashing: Hashing,
}

impl Bank {
    /// Opens a bank with three customers, alice, bob and carol, whose passwords are their names. Carol has no phone number
    /// yet.
    ///
    /// # Errors
    ///
    /// Returns an error if a phone number is malformed or a password cannot be hashed.
    pub fn open() -> Result<Self, BoxError> {
        let customers = vec![
            Customer {
                id: "alice",
                name: "Alice Archer",
                email: "alice@customers.example",
                password: Password::new("alice")?,
            },
            Customer {
                id: "bob",
                name: "Bob Baker",
                email: "bob@customers.example",
                password: Password::new("bob")?,
            },
            Customer {
                id: "carol",
                name: "Carol Cook",
                email: "carol@customers.example",
                password: Password::new("carol")?,
            },
        ];
        // The bank has no record of the time at which they were confirmed.
        let unknown = Timestamp::from_millis(0);
        let numbers = MemoryNumberBook::new().with("alice", PhoneNumber::new("+19195551234")?, unknown).with(
            "bob",
            PhoneNumber::new("+19195555678")?,
            unknown,
        );
        let gift = Dollars::whole(2500);
        let accounts =
            customers.iter().map(|customer| Account::open(customer.id, customer.name, gift)).collect();
        let dummy_password = Password::new("no customer")?;
        let (accounts, hashing) = (Mutex::new(accounts), Hashing::new());
        let recovery = MemoryRecoveryBook::new();
        Ok(Self(Arc::new(Vault { customers, accounts, numbers, recovery, dummy_password, hashing })))
    }

    /// Returns the customer with this name and password; `None` if they do not match.
    ///
    /// An unknown name takes as long as a wrong password, so that the time does not reveal who is a customer.
    /// The number of tries is not limited here; a real bank must do that.
    ///
    /// # Errors
    ///
    /// Returns an error if the check itself failed, or if too many customers are signing in at once. Both are
    /// answered with 503.
    pub async fn log_in(&self, name: &str, password: SecretString) -> Result<Option<String>, BoxError> {
        let customer = self.customer(name);
        let expected = customer.map_or(&self.0.dummy_password, |customer| &customer.password).clone();
        let matches = self.0.hashing.run(move || expected.matches(&password)).await??;
        Ok(customer.filter(|_| matches).map(|customer| customer.id.to_owned()))
    }

    /// Returns the current account of a customer.
    #[must_use]
    pub fn account(&self, id: &str) -> Option<Account> {
        self.accounts().iter().find(|account| account.id == id).cloned()
    }

    /// Opens an empty account for a payee that never signs in, such as a company.
    pub fn open_account(&self, id: &str) {
        self.accounts().push(Account::open(id, id, Dollars::whole(0)));
    }

    /// Returns the user id of the payee that a customer typed: without regard to case, and to spaces around it.
    #[must_use]
    pub fn payee(&self, typed: &str) -> Option<String> {
        let typed = typed.trim().to_lowercase();
        let accounts = self.accounts();
        accounts.iter().find(|account| account.id.to_lowercase() == typed).map(|account| account.id.clone())
    }

    /// Moves money from one customer to another.
    ///
    /// # Errors
    ///
    /// Returns an error if the payee does not exist or is the payer, or if the balance is too low. No money has moved
    /// in these cases.
    pub fn transfer(&self, from: &str, transfer: &Transfer) -> Result<(), TransferError> {
        account::transfer(&mut self.accounts(), from, transfer)
    }

    /// Checks that [`transfer`](Self::transfer) would succeed now. A later call can still fail.
    ///
    /// # Errors
    ///
    /// Returns the error that `transfer` would return.
    pub fn check_transfer(&self, from: &str, transfer: &Transfer) -> Result<(), TransferError> {
        let mut copy = self.accounts().clone();
        account::transfer(&mut copy, from, transfer)
    }

    /// Changes a customer's settings.
    pub fn change_settings(&self, id: &str, settings: Settings) {
        if let Some(account) = self.accounts().iter_mut().find(|account| account.id == id) {
            account.settings = settings;
        }
    }

    /// Returns the customer's phone number on file.
    #[must_use]
    pub fn phone(&self, id: &str) -> Option<PhoneNumber> {
        self.0.numbers.find(&id.into()).map(|on_file| on_file.number)
    }

    /// Returns the customer's e-mail address.
    #[must_use]
    pub fn email(&self, id: &str) -> Option<&'static str> {
        self.customer(id).map(|customer| customer.email)
    }

    fn customer(&self, id: &str) -> Option<&Customer> {
        self.0.customers.iter().find(|customer| customer.id == id)
    }

    fn accounts(&self) -> MutexGuard<'_, Vec<Account>> {
        self.0.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// mfakit reads the phone number for a code from the bank, and saves the numbers that customers confirm. A real bank has two
/// columns for this in its table of customers.
#[async_trait]
impl NumberBook for Bank {
    async fn number(&self, user: &UserId) -> Result<Option<NumberOnFile>, BoxError> {
        self.0.numbers.number(user).await
    }

    async fn change(&self, user: &UserId, change: &NumberChange) -> Result<Changed, BoxError> {
        self.0.numbers.change(user, change).await
    }
}

/// The recovery codes of customers who lose their phone. A real bank has one more column for this.
#[async_trait]
impl RecoveryBook for Bank {
    async fn read(&self, user: &UserId) -> Result<Option<RecoveryRecord>, BoxError> {
        self.0.recovery.read(user).await
    }

    async fn replace(
        &self,
        user: &UserId,
        from: Option<&RecoveryRecord>,
        to: Option<&RecoveryRecord>,
    ) -> Result<Changed, BoxError> {
        self.0.recovery.replace(user, from, to).await
    }

    fn is_lasting(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests;
