//! Form for signing in.

use secrecy::SecretString;
use serde::Deserialize;

/// Fields of the sign-in form.
#[derive(Debug, Deserialize)]
pub struct Credentials {
    /// User name.
    pub username: String,
    /// Password, which is never logged.
    pub password: SecretString,
}
