//! The secret that every key is derived from.

use std::fmt;

use secrecy::{ExposeSecret, SecretBox};

use crate::{random::random, redacted::Redacted};

/// At least 32 bytes that only the instances of one app know.
///
/// ```
/// use mfakit_core::Secret;
///
/// assert!(Secret::new("too short").is_err());
/// let secret = Secret::new("J0x4mUoSk2m0eZ5dN1aUe1xZ0qf0c7yZ8w3lS2tB9hQ=")?;
/// assert_eq!(format!("{secret:?}"), "Secret(…)");
/// # Ok::<(), mfakit_core::InvalidSecret>(())
/// ```
pub struct Secret(SecretBox<[u8]>);

impl Secret {
    /// The shortest secret that is accepted, in bytes.
    pub const MIN_LEN: usize = 32;

    /// Takes the bytes as they are: nothing is decoded.
    ///
    /// # Errors
    ///
    /// When there are fewer than 32 of them.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, InvalidSecret> {
        let bytes = bytes.into();
        if bytes.len() < Self::MIN_LEN {
            return Err(InvalidSecret::TooShort { len: bytes.len() });
        }
        Ok(Self(SecretBox::new(bytes.into_boxed_slice())))
    }

    /// Reads the environment variable `name`, as in `MFAKIT_SECRET="$(openssl rand -base64 32)"`.
    ///
    /// # Errors
    ///
    /// When the variable is not set, is not Unicode or has fewer than 32 bytes.
    pub fn from_env(name: &str) -> Result<Self, InvalidSecret> {
        let text = std::env::var(name).map_err(|_| InvalidSecret::NotSet { name: name.to_owned() })?;
        Self::new(text)
    }

    /// The bytes, for the keys to be derived from.
    pub(crate) fn expose(&self) -> &[u8] {
        self.0.expose_secret()
    }

    /// A secret that nobody knows and that is gone with the process.
    pub(crate) fn random() -> Self {
        Self(SecretBox::new(Box::new(random::<32>())))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Redacted("Secret").fmt(f)
    }
}

/// Why something is no [`Secret`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSecret {
    /// The environment variable is not there.
    #[error(
        "{name} is not set: give it at least 32 random bytes, such as the output of `openssl rand -base64 32`"
    )]
    NotSet {
        /// The variable's name.
        name: String,
    },
    /// It could be guessed.
    #[error(
        "the secret has {len} bytes and needs at least 32, such as the output of `openssl rand -base64 32`"
    )]
    TooShort {
        /// How many bytes it has.
        len: usize,
    },
}
