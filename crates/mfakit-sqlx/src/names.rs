//! Names of rows. They have a fixed length and contain no user ID, number or address.

use hmac::{Hmac, KeyInit, Mac};
use mfakit_core::{
    UserId,
    adapter::{KeyRing, Purpose},
    store::Budget,
};
use sha2::Sha256;

/// Primary key of a row: four bytes that identify the secret, and 224 bits of a keyed hash (HMAC-SHA256).
pub(crate) type Id = [u8; 32];

/// Length of the part of an [`Id`] that identifies the secret.
const MARK: usize = 4;

/// Primary keys under which a row may be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ids {
    /// Primary key under the current secret.
    pub(crate) current: Id,
    /// Primary keys under the previous secrets.
    pub(crate) previous: Vec<Id>,
}

impl Ids {
    /// Returns all primary keys, the current one first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Id> {
        std::iter::once(&self.current).chain(&self.previous)
    }
}

/// Builder of primary keys.
#[derive(Clone)]
pub(crate) struct Names {
    current: Key,
    previous: Vec<Key>,
}

/// Key of one secret.
#[derive(Clone)]
struct Key {
    mark: [u8; MARK],
    /// HMAC that is initialized with the key, because every guarded request looks up a user.
    keyed: Hmac<Sha256>,
}

impl Key {
    #[allow(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104, section 2)")]
    fn new(key: &[u8; 32], mark: &[u8; 32]) -> Self {
        let [a, b, c, d, ..] = *mark;
        Self { mark: [a, b, c, d], keyed: Hmac::new_from_slice(key).expect("any length will do") }
    }
}

impl Names {
    /// Creates the names of the secrets in this ring.
    pub(crate) fn new(ring: &KeyRing) -> Self {
        let keys = ring.hashes(Purpose::StoreName, &[]);
        let marks = ring.hashes(Purpose::StoreName, &[b"mark"]);
        let previous = keys.iter().zip(&marks).skip(1).map(|(key, mark)| Key::new(key, mark)).collect();
        let current =
            Key::new(&ring.hash(Purpose::StoreName, &[]), &ring.hash(Purpose::StoreName, &[b"mark"]));
        Self { current, previous }
    }

    /// Returns the primary keys of a user.
    pub(crate) fn user(&self, user: &UserId) -> Ids {
        self.ids(b"user", user.as_str().as_bytes())
    }

    /// Returns the primary keys of a budget.
    pub(crate) fn budget(&self, budget: &Budget) -> Ids {
        match budget {
            Budget::Number(hash) => self.ids(b"number", hash),
            Budget::Block(hash) => self.ids(b"block", hash),
            Budget::Address(hash) => self.ids(b"address", hash),
            Budget::Rejections => self.ids(b"rejections", &[]),
        }
    }

    /// Returns the first bytes of the primary keys of each secret, the current one first.
    pub(crate) fn marks(&self) -> impl Iterator<Item = [u8; MARK]> {
        std::iter::once(&self.current).chain(&self.previous).map(|key| key.mark)
    }

    fn ids(&self, kind: &[u8], whose: &[u8]) -> Ids {
        let id = |key: &Key| {
            // No kind contains a zero byte, so no two pairs have the same bytes.
            let keyed = key.keyed.clone().chain_update(kind).chain_update([0]).chain_update(whose);
            let mut id: Id = keyed.finalize().into_bytes().into();
            if let Some(mark) = id.first_chunk_mut() {
                *mark = key.mark;
            }
            id
        };
        Ids { current: id(&self.current), previous: self.previous.iter().map(id).collect() }
    }
}

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Names").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use mfakit_core::Secret;

    use super::*;

    fn names(secrets: &[u8]) -> Names {
        let mut secrets = secrets.iter().map(|byte| Secret::new([*byte; 32]).unwrap());
        Names::new(&KeyRing::new(secrets.next().unwrap(), secrets))
    }

    #[test]
    fn a_name_contains_no_user_id_and_depends_on_the_secret() {
        let alice = UserId::from("alice");
        let id = names(&[1]).user(&alice).current;
        assert!(!id.windows(5).any(|bytes| bytes == b"alice"));
        assert_eq!(names(&[1]).user(&alice).current, id);
        assert_ne!(names(&[1]).user(&UserId::from("bob")).current[MARK..], id[MARK..]);
        assert_ne!(names(&[2]).user(&alice).current[MARK..], id[MARK..]);
    }

    #[test]
    fn previous_secrets_name_a_row_as_they_did_before() {
        let alice = UserId::from("alice");
        let ids = names(&[3, 1, 2]).user(&alice);
        let alone = |secret| names(&[secret]).user(&alice).current;
        assert_eq!(ids.all().copied().collect::<Vec<_>>(), [alone(3), alone(1), alone(2)]);
    }

    #[test]
    fn the_first_bytes_of_a_name_identify_the_secret() {
        let names = names(&[1, 2]);
        let marks: Vec<_> = names.marks().collect();
        assert_ne!(marks[0], marks[1]);
        for ids in [names.user(&UserId::from("alice")), names.budget(&Budget::Rejections)] {
            assert!(ids.all().zip(&marks).all(|(id, mark)| id.starts_with(mark)));
        }
    }

    #[test]
    fn no_two_kinds_share_a_name() {
        let (names, hash) = (names(&[1]), [0; 32]);
        let budgets = [Budget::Number(hash), Budget::Block(hash), Budget::Address(hash), Budget::Rejections];
        let mut ids: Vec<_> = budgets.iter().map(|budget| names.budget(budget).current).collect();
        let zeros = String::from_utf8(vec![0; 32]).unwrap();
        ids.extend(["", "rejections", &zeros].map(|user| names.user(&UserId::from(user)).current));
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 7);
    }
}
