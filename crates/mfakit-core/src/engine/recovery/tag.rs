//! Keyed hashes in the text of the recovery book.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ctutils::CtEq as _;
use serde::{Deserialize, Serialize};

use crate::{
    key_ring::{KeyRing, Purpose},
    number_book::NumberOnFile,
    recovery_code::RecoveryCode,
    subject::{LoginId, UserId},
    token::GrantToken,
};

/// First 128 bits of a keyed hash. Compared in constant time.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Tag([u8; 16]);

/// Hashes of one value: one for each secret in the ring, the current one first.
pub(super) struct Tags(Vec<Tag>);

impl Tags {
    fn new(keys: &KeyRing, parts: &[&[u8]]) -> Self {
        let short = |hash: [u8; 32]| hash.first_chunk().copied().map(Tag);
        Self(keys.hashes(Purpose::Recovery, parts).into_iter().filter_map(short).collect())
    }

    /// Hashes a code of a user.
    pub(super) fn code(keys: &KeyRing, user: &UserId, code: &RecoveryCode) -> Self {
        Self::new(keys, &[b"code", user.as_str().as_bytes(), code.as_bytes()])
    }

    /// Hashes a session.
    pub(super) fn login(keys: &KeyRing, login: &LoginId) -> Self {
        Self::new(keys, &[b"session", login.as_bytes()])
    }

    /// Hashes the token in a browser's cookie.
    pub(super) fn token(keys: &KeyRing, token: &GrantToken) -> Self {
        Self::new(keys, &[b"token", token.expose().as_bytes()])
    }

    /// Hashes a number and the time of its confirmation, so that a number that returns after a change is another one.
    pub(super) fn number(keys: &KeyRing, on_file: &NumberOnFile) -> Self {
        let at = on_file.confirmed_at.as_millis().to_be_bytes();
        Self::new(keys, &[b"number", on_file.number.as_e164().as_bytes(), &at])
    }

    /// Returns the hash under the current secret, which is the one to keep.
    pub(super) fn current(&self) -> Option<Tag> {
        self.0.first().copied()
    }

    /// Returns whether a kept hash is one of the same value.
    pub(super) fn has(&self, kept: &Tag) -> bool {
        // All are compared, so that the time does not depend on the secret.
        self.0.iter().fold(false, |found, tag| found | tag.0.ct_eq(&kept.0).to_bool())
    }
}

impl Tag {
    /// Creates a random identifier.
    pub(super) fn random() -> Self {
        Self(crate::random::random())
    }

    pub(super) const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl PartialEq for Tag {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).to_bool()
    }
}

impl Eq for Tag {}

impl From<Tag> for String {
    fn from(tag: Tag) -> Self {
        URL_SAFE_NO_PAD.encode(tag.0)
    }
}

impl TryFrom<String> for Tag {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| "not base64url")?;
        bytes.try_into().map(Self).map_err(|_| "not 16 bytes")
    }
}
