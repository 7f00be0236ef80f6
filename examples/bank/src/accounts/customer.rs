//! Customers.

use super::Password;

/// A customer of the bank.
#[derive(Debug)]
pub(super) struct Customer {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) email: &'static str,
    pub(super) password: Password,
}
