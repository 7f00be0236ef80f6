//! Keyed hashes, with which the memory store identifies users, budgets and events.

use siphasher::sip128::SipHasher13;

use crate::random::random;

/// Keyed hash of 128 bits. Two users have the same one with a probability of 1 in 2^128, and nothing about the key can
/// be learned from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct KeyedHash {
    table: u64,
    part: u64,
}

impl KeyedHash {
    /// Hash of the only user in a table.
    pub(super) const SOLE: Self = Self { table: 0, part: 0 };

    /// Returns the half that selects a place in a table.
    pub(super) const fn in_table(self) -> u64 {
        self.table
    }

    /// Returns the part that this hash belongs to, one of `parts`. Independent of its place in a table.
    pub(super) fn part(self, parts: usize) -> usize {
        // The hash as a fraction of all hashes, times the number of parts. Cheaper than a division.
        let product = u128::from(self.part) * u128::try_from(parts).unwrap_or_default();
        usize::try_from(product >> u64::BITS).unwrap_or_default()
    }
}

/// Secret that makes the hashes unpredictable, so that no chosen values collide or fall into one part.
pub(super) struct HashKey(SipHasher13);

impl HashKey {
    pub(super) fn random() -> Self {
        Self::new(random())
    }

    pub(super) fn new(key: [u8; 16]) -> Self {
        Self(SipHasher13::new_with_key(&key))
    }

    pub(super) fn hash(&self, bytes: &[u8]) -> KeyedHash {
        let hash = self.0.hash(bytes);
        KeyedHash { table: hash.h1, part: hash.h2 }
    }
}
