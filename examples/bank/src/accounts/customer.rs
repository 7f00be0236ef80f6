//! Customers.

use mfakit::{PhoneNumber, error::InvalidPhoneNumber};

use super::Password;

/// A customer of the bank.
#[derive(Debug)]
pub(super) struct Customer {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) phone: PhoneNumber,
    pub(super) password: Password,
}

impl Customer {
    pub(super) fn new(
        id: &'static str,
        name: &'static str,
        phone: &str,
        password: Password,
    ) -> Result<Self, InvalidPhoneNumber> {
        Ok(Self { id, name, phone: PhoneNumber::new(phone)?, password })
    }
}
