//! Password hashes.

use std::{fmt, sync::Arc};

use argon2::{
    Argon2, PasswordHasher, PasswordVerifier,
    password_hash::{Error, phc::PasswordHash},
};
use secrecy::{ExposeSecret, SecretString};

/// The Argon2id hash of a password.
#[derive(Clone)]
pub(super) struct Password(Arc<PasswordHash>);

impl Password {
    /// Hashes a password with a random salt.
    pub(super) fn new(password: &str) -> Result<Self, Error> {
        Argon2::default().hash_password(password.as_bytes()).map(|hash| Self(Arc::new(hash)))
    }

    /// Returns true if this is the password. An error means that the check itself failed.
    pub(super) fn matches(&self, password: &SecretString) -> Result<bool, Error> {
        match Argon2::default().verify_password(password.expose_secret().as_bytes(), &*self.0) {
            Ok(()) => Ok(true),
            Err(Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}
