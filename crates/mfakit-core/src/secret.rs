//! Secret that every key is derived from.

use std::fmt;

use secrecy::{ExposeSecret, SecretBox};

use crate::{random::random, redacted::Redacted};

/// Secret of at least 32 bytes. All instances of one app share it, and it must be kept secret from everything else.
///
/// ```
/// use mfakit_core::Secret;
///
/// assert!(Secret::new("too short").is_err());
/// let secret = Secret::new("J0x4mUoSk2m0eZ5dN1aUe1xZ0qf0c7yZ8w3lS2tB9hQ=")?;
/// assert_eq!(format!("{secret:?}"), "Secret(…)");
/// # Ok::<(), mfakit_core::error::InvalidSecret>(())
/// ```
pub struct Secret(SecretBox<[u8]>);

impl Secret {
    /// Minimum length of a secret, in bytes.
    pub const MIN_LEN: usize = 32;

    /// Creates a secret from bytes, which are used unchanged: nothing is decoded.
    ///
    /// # Errors
    ///
    /// Returns an error if there are fewer than 32 bytes, if all are zero (plain, or written as hexadecimal
    /// or base64), or if they repeat one character.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, InvalidSecret> {
        let bytes = bytes.into();
        if bytes.len() < Self::MIN_LEN {
            return Err(InvalidSecret::TooShort { len: bytes.len() });
        }
        if is_placeholder(&bytes) {
            return Err(InvalidSecret::Placeholder);
        }
        Ok(Self(SecretBox::new(bytes.into_boxed_slice())))
    }

    /// Reads the environment variable `name`, as in `MFAKIT_SECRET="$(openssl rand -base64 32)"`.
    ///
    /// # Errors
    ///
    /// Returns an error if the variable is not set, is not Unicode, or is not a valid secret as described in
    /// [`new`](Self::new).
    pub fn from_env(name: &str) -> Result<Self, InvalidSecret> {
        let text = std::env::var(name).map_err(|_| InvalidSecret::NotSet { name: name.to_owned() })?;
        Self::new(text)
    }

    /// Returns the bytes that keys are derived from.
    pub(crate) fn expose(&self) -> &[u8] {
        self.0.expose_secret()
    }

    /// Creates a random secret, which is lost when the process ends.
    pub(crate) fn random() -> Self {
        Self(SecretBox::new(Box::new(random::<32>())))
    }
}

/// Returns whether these bytes are a placeholder: the initial content of an array, or a single repeated
/// character that was typed to be replaced later.
///
/// The padding of base64 is ignored, because zero bytes in base64 are `AAAA…=`. Bytes that are not text, such
/// as `[1; 32]`, are accepted, because they occur only in tests.
fn is_placeholder(bytes: &[u8]) -> bool {
    let unpadded =
        bytes.iter().rposition(|byte| !matches!(byte, b'=' | b'\n')).and_then(|last| bytes.get(..=last));
    let mut rest = unpadded.unwrap_or_default().iter();
    let Some(first) = rest.next() else { return true };
    let typed = *first == 0 || first.is_ascii_graphic() || first.is_ascii_whitespace();
    typed && rest.all(|byte| byte == first)
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Redacted("Secret").fmt(f)
    }
}

/// Error for a value that is not a valid [`Secret`].
///
/// ```
/// use mfakit_core::{Secret, error::InvalidSecret};
///
/// assert_eq!(Secret::new("too short").unwrap_err(), InvalidSecret::TooShort { len: 9 });
/// assert_eq!(Secret::new("x".repeat(40)).unwrap_err(), InvalidSecret::Placeholder);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidSecret {
    /// The environment variable is not set, or is not Unicode.
    #[error(
        "{name} is not set: set it to at least 32 random bytes, such as the output of `openssl rand -base64 32`"
    )]
    NotSet {
        /// Name of the variable.
        name: String,
    },
    /// The secret is so short that it could be guessed.
    #[error(
        "the secret has {len} bytes and needs at least 32, such as the output of `openssl rand -base64 32`"
    )]
    TooShort {
        /// Length of the secret in bytes.
        len: usize,
    },
    /// The secret consists of zeros, or of one repeated character.
    #[error(
        "the secret repeats a single byte, so it can be guessed: generate one with `openssl rand -base64 32`"
    )]
    Placeholder,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_rejected() {
        let zeros_in_base64 = format!("{}=", "A".repeat(43));
        for placeholder in [
            vec![0; 32],
            vec![0; 64],
            b"0".repeat(64),
            b" ".repeat(32),
            b"\n".repeat(32),
            b"=".repeat(32),
            b"x".repeat(40),
            zeros_in_base64.clone().into_bytes(),
            format!("{zeros_in_base64}\n").into_bytes(),
        ] {
            assert_eq!(
                Secret::new(placeholder.clone()).err(),
                Some(InvalidSecret::Placeholder),
                "{placeholder:?}"
            );
        }
        assert!(InvalidSecret::Placeholder.to_string().contains("openssl rand -base64 32"));
        for secret in
            [[1; 32].to_vec(), b"0123456789".repeat(4), b"ab".repeat(16), [&[0; 31][..], &[1]].concat()]
        {
            assert!(Secret::new(secret.clone()).is_ok(), "{secret:?}");
        }
    }
}
