//! The phone number that a user's codes are sent to.

use crate::{
    engine::{backend_error::BackendError, mfa::Mfa},
    key_ring::{KeyRing, Purpose},
    phone::PhoneNumber,
    subject::UserId,
};

/// A number, and the keyed hashes of it that challenges may have kept: one for each secret.
pub(crate) struct OnFile {
    pub(crate) number: PhoneNumber,
    pub(crate) hashes: Vec<[u8; 32]>,
}

impl OnFile {
    /// Returns whether a challenge that kept this hash went to this number.
    pub(crate) fn has_hash(&self, hash: &[u8; 32]) -> bool {
        self.hashes.contains(hash)
    }

    /// Returns the hash that new challenges keep.
    pub(crate) fn hash(&self, keys: &KeyRing) -> [u8; 32] {
        keys.hash(Purpose::PhoneNumber, &[self.number.as_e164().as_bytes()])
    }
}

impl Mfa {
    /// Queries the directory for the number on file, and hashes it. A number that cannot be read counts as missing.
    pub(crate) async fn number_on_file(&self, user: &UserId) -> Result<Option<OnFile>, BackendError> {
        let number = self.inner.directory.number(user).await?;
        Ok(number.map(|number| {
            let hashes = self.keys().hashes(Purpose::PhoneNumber, &[number.as_e164().as_bytes()]);
            OnFile { number, hashes }
        }))
    }
}
