//! Users, as the memory store identifies them.

use sha2::{Digest, Sha256};

use crate::{random::random, subject::UserId};

/// Keyed hash of a user ID.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct UserKey([u8; 16]);

impl UserKey {
    /// Returns eight of the bytes, which are effectively random.
    pub(super) const fn hash(self) -> u64 {
        u128::from_le_bytes(self.0) as u64
    }
}

/// Secret that makes the hashes unpredictable, so that no chosen user IDs collide.
pub(super) struct UserKeySeed([u8; 16]);

impl UserKeySeed {
    pub(super) fn random() -> Self {
        Self(random())
    }

    /// Returns the key of a user, and the number of the shard that holds the user.
    pub(super) fn key_and_shard(&self, user: &UserId, shards: usize) -> (UserKey, usize) {
        let digest: [u8; 32] =
            Sha256::new().chain_update(self.0).chain_update(user.as_str()).finalize().into();
        let (key, rest) = digest.split_first_chunk().unwrap_or((&[0; 16], &[]));
        let shard = rest.first().map_or(0, |byte| usize::from(*byte) % shards);
        (UserKey(*key), shard)
    }
}
