//! Digest of an action.

use std::fmt;

/// SHA-256 of an action: its version, scope and canonical form.
///
/// It is no secret. It identifies the action in events and in the records of a store, and tells nothing else of it to a
/// reader who cannot guess the whole action.
///
/// ```
/// use mfakit_core::action::ActionDigest;
///
/// let digest = ActionDigest::from_bytes([7; 32]);
/// assert_eq!(digest.as_bytes(), &[7; 32]);
/// assert_eq!(digest.to_string(), "07".repeat(32));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionDigest([u8; 32]);

impl ActionDigest {
    /// Creates the digest that has these bytes, for a store that reads it back.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes, for a store that writes them down.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for ActionDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ActionDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ActionDigest({self})")
    }
}
