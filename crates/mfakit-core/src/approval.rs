//! Approval of one action: its identifier and the digest of the action.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::random::random;

/// Identifier of an approval: 128 random bits.
///
/// An action that is kept for approval, its challenges, its grant and its events all have the same one. It stays the
/// same from the first rejected request until the handler has run, so it fits logs, idempotency keys and a record beside
/// the order. It grants nothing by itself: an approval belongs to one user, session and scope.
///
/// `Display` and serde write it as 22 characters of unpadded base64url.
///
/// ```
/// use mfakit_core::store::ApprovalId;
///
/// let id = ApprovalId::from_bytes([7; 16]);
/// assert_eq!(id.to_string(), "BwcHBwcHBwcHBwcHBwcHBw");
/// assert_eq!(id.to_string().parse::<ApprovalId>()?, id);
/// # Ok::<(), mfakit_core::error::InvalidApprovalId>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApprovalId([u8; 16]);

impl ApprovalId {
    /// Length of the text in characters.
    pub const LEN: usize = 22;

    /// Creates a new identifier from the operating system's randomness.
    ///
    /// # Panics
    ///
    /// Panics if the operating system has none.
    #[must_use]
    pub fn random() -> Self {
        Self(random())
    }

    /// Decodes the text that [`encode`](Self::encode) returned. Returns `None` for any other text.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        let mut bytes = [0; 16];
        // The decoder rejects a longer text, and a shorter one leaves bytes over.
        (URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()? == 16).then_some(Self(bytes))
    }

    /// Encodes the identifier as 22 characters of unpadded base64url.
    #[must_use]
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Returns the bytes, for a store that writes them down.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Creates the identifier that has these bytes, for a store that reads them back.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for ApprovalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; Self::LEN];
        // 16 bytes take exactly 22 characters, so the result fits and fills the text.
        let _: Result<usize, _> = URL_SAFE_NO_PAD.encode_slice(self.0, &mut text);
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for ApprovalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApprovalId({self})")
    }
}

impl FromStr for ApprovalId {
    type Err = InvalidApprovalId;

    fn from_str(text: &str) -> Result<Self, InvalidApprovalId> {
        Self::decode(text).ok_or(InvalidApprovalId)
    }
}

impl TryFrom<&str> for ApprovalId {
    type Error = InvalidApprovalId;

    fn try_from(text: &str) -> Result<Self, InvalidApprovalId> {
        text.parse()
    }
}

impl Serialize for ApprovalId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ApprovalId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// Error for a text that is not an [`ApprovalId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an approval id consists of 22 characters of unpadded base64url")]
#[non_exhaustive]
pub struct InvalidApprovalId;

/// SHA-256 hash of an action: of its version, its scope and its whole canonical form.
///
/// It is no secret. It identifies the action in events and in the records of a store, and tells nothing else of it to a
/// reader who cannot guess the whole action. `Display` writes it as 64 hexadecimal digits.
///
/// ```
/// use mfakit_core::store::ActionDigest;
///
/// let digest = ActionDigest::from_bytes([0xa1; 32]);
/// assert_eq!(digest.to_string(), "a1".repeat(32));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionDigest([u8; 32]);

impl ActionDigest {
    /// Returns the bytes, for a store that writes them down.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Creates the digest that has these bytes, for a store that reads them back.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
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

/// Approval of one action, as its challenges and its grant carry it.
///
/// ```
/// use mfakit_core::store::{ActionDigest, Approval, ApprovalId};
///
/// let (id, digest) = (ApprovalId::random(), ActionDigest::from_bytes([7; 32]));
/// assert_eq!(Approval::new(id, digest).id, id);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Approval {
    /// Identifier of the approval.
    pub id: ApprovalId,
    /// Digest of the action.
    pub digest: ActionDigest,
}

impl Approval {
    /// Creates an approval.
    #[must_use]
    pub const fn new(id: ApprovalId, digest: ActionDigest) -> Self {
        Self { id, digest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_encoded_id_is_decoded() {
        let id = ApprovalId::random();
        let text = id.encode();
        assert_eq!((text.len(), id.to_string()), (ApprovalId::LEN, text.clone()));
        assert_eq!(ApprovalId::decode(&text), Some(id));
        for bad in ["", "x", &text[1..], &format!("{text}A"), &format!("{text}="), &format!(" {text}")] {
            assert_eq!(ApprovalId::decode(bad), None, "{bad:?}");
        }
        // The last character carries four bits, so fifteen of sixteen spellings are not the one that was written.
        let spellings = |last: char| ApprovalId::decode(&format!("{}{last}", &text[..21])).is_some();
        assert_eq!("ABCDEFGHIJKLMNOP".chars().filter(|last| spellings(*last)).count(), 1);
    }

    #[test]
    fn an_id_is_its_text_in_json() {
        let id = ApprovalId::random();
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, format!("\"{id}\""));
        assert_eq!(serde_json::from_str::<ApprovalId>(&json).unwrap(), id);
        assert!(serde_json::from_str::<ApprovalId>("\"\"").is_err());
    }
}
