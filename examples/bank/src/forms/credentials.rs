//! A name and a password.

use secrecy::SecretString;
use serde::Deserialize;

/// What somebody typed who wants to log in.
#[derive(Debug, Deserialize)]
pub struct Credentials {
    /// The name.
    pub username: String,
    /// The password, which no log will show.
    pub password: SecretString,
}
