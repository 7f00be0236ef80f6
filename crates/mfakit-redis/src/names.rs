//! Keys in Redis. They have a fixed length and contain no user ID, number or address.

use hmac::{Hmac, KeyInit, Mac};
use mfakit_core::{
    Secret, UserId,
    adapter::{KeyRing, Purpose},
    store::{Budget, Key},
};
use sha2::{Digest, Sha256};

/// Number of hexadecimal digits of a hash in a key: 128 bits.
pub(crate) const DIGITS: usize = 32;

/// Builder of keys.
#[derive(Clone)]
pub(crate) struct Names {
    prefix: String,
    /// HMAC that is initialized with the key. `None` for unkeyed hashes.
    keyed: Option<Hmac<Sha256>>,
}

impl Names {
    #[allow(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104, section 2)")]
    pub(crate) fn new(prefix: String, key: Option<Secret>) -> Self {
        let keyed = key.map(|key| {
            // Derive the key once, because every guarded request looks up a user.
            let key = KeyRing::new(key, []).hash(Purpose::StoreName, &[]);
            Hmac::new_from_slice(&key).expect("HMAC accepts a key of any length")
        });
        Self { prefix, keyed }
    }

    /// Returns the key of the hash of a user's grants.
    pub(crate) fn grants(&self, user: &UserId) -> String {
        self.of_user(user, ":g")
    }

    /// Returns the key of the hash of a user's spent challenges.
    pub(crate) fn spent(&self, user: &UserId) -> String {
        self.of_user(user, ":x")
    }

    /// Returns the key of the hash of a user's kept actions.
    pub(crate) fn actions(&self, user: &UserId) -> String {
        self.of_user(user, ":a")
    }

    /// Returns the key of the hash of a user's consumed approvals.
    pub(crate) fn consumed(&self, user: &UserId) -> String {
        self.of_user(user, ":c")
    }

    /// Returns the key of the hash of everything else about a user.
    pub(crate) fn user(&self, user: &UserId) -> String {
        self.of_user(user, ":u")
    }

    /// Returns the keys of a budget: the hash of its events, and that of a completed challenge. The hash tag in braces
    /// keeps both in one slot of a Cluster.
    pub(crate) fn budget(&self, budget: &Budget) -> [String; 2] {
        let (kind, hash) = match budget {
            Budget::Number(hash) => ("n", hash),
            Budget::Block(hash) => ("k", hash),
            Budget::Address(hash) => ("a", hash),
            Budget::Rejections => ("r", &[0; 32]),
        };
        let mut name = String::with_capacity(self.prefix.len() + DIGITS + 6);
        name.push_str(&self.prefix);
        name.push_str(":{");
        name.push_str(kind);
        push_hex(&mut name, hash, DIGITS);
        name.push('}');
        [":e", ":d"].map(|suffix| name.clone() + suffix)
    }

    /// Builds a key of a user. The hash tag in braces keeps all keys of a user in one slot of a Cluster.
    fn of_user(&self, user: &UserId, suffix: &str) -> String {
        let hash: [u8; 32] = match &self.keyed {
            Some(keyed) => keyed.clone().chain_update(user.as_str()).finalize().into_bytes().into(),
            None => Sha256::new().chain_update(b"mfakit user ").chain_update(user.as_str()).finalize().into(),
        };
        let mut key = String::with_capacity(self.prefix.len() + DIGITS + 5);
        key.push_str(&self.prefix);
        key.push_str(":{");
        push_hex(&mut key, &hash, DIGITS);
        key.push('}');
        key.push_str(suffix);
        key
    }
}

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Names").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// Returns the approval of a key as an argument: empty if there is none.
pub(crate) fn approval(key: &Key<'_>) -> String {
    key.approval.map(|id| hex(id.as_bytes())).unwrap_or_default()
}

/// Returns all of the bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    push_hex(&mut text, bytes, bytes.len() * 2);
    text
}

/// Returns the first 128 bits in hexadecimal, which distinguish the events of one budget. Redis keeps a small budget in its
/// compact form only if no field and no value is longer than 64 bytes.
pub(crate) fn short_hex(bytes: &[u8; 32]) -> String {
    let mut text = String::with_capacity(DIGITS);
    push_hex(&mut text, bytes, DIGITS);
    text
}

/// Reads the bytes that [`hex`] wrote. Returns `None` for any other text.
pub(crate) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let text = text.as_bytes();
    if text.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, digits) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        let [high, low] = digits else { return None };
        *byte = half(*high)? << 4 | half(*low)?;
    }
    Some(bytes)
}

/// Appends the first `digits` hexadecimal digits of the bytes. Avoids allocations, because every guarded request calls it.
pub(crate) fn push_hex(text: &mut String, bytes: &[u8], digits: usize) {
    for byte in bytes.iter().take(digits / 2) {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
}

const fn digit(half: u8) -> char {
    (if half < 10 { b'0' + half } else { b'a' + half - 10 }) as char
}

/// Returns the four bits of a digit. Capital letters are not valid.
const fn half(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_a_fixed_length_and_contain_no_user_id() {
        for key in [None, Some(Secret::new("a key of thirty-two bytes or more").unwrap())] {
            let names = Names::new("mfakit".to_owned(), key);
            let long = "alice@example.com".repeat(100);
            for user in ["a", "alice", "1", &long] {
                let user = UserId::from(user);
                let (grants, rest) = (names.grants(&user), names.user(&user));
                assert_eq!((grants.len(), rest.len(), names.spent(&user).len()), (43, 43, 43));
                assert_eq!(grants.split('}').next(), names.spent(&user).split('}').next());
                let actions = names.actions(&user);
                assert_eq!((actions.len(), actions.split('}').next()), (43, grants.split('}').next()));
                assert!(
                    !grants.contains("alice") && grants.starts_with("mfakit:{") && grants.ends_with("}:g")
                );
                assert_eq!(grants.split('}').next(), rest.split('}').next());
            }
        }
    }

    #[test]
    fn a_name_key_changes_every_key() {
        let names =
            |key: Option<[u8; 32]>| Names::new("m".to_owned(), key.map(|key| Secret::new(key).unwrap()));
        let (alice, keyed) = (UserId::from("alice"), names(Some([7; 32])));
        assert_ne!(names(None).grants(&alice), keyed.grants(&alice));
        assert_ne!(names(Some([8; 32])).grants(&alice), keyed.grants(&alice));
        assert_eq!(names(Some([7; 32])).grants(&alice), keyed.grants(&alice));
    }

    #[test]
    fn only_written_hexadecimal_is_read_back() {
        let bytes: [u8; 4] = [0, 15, 240, 255];
        assert_eq!(unhex(&hex(&bytes)), Some(bytes));
        for bad in ["", "000ff0f", "000ff0ffa", "000FF0FF", "000ff0fg"] {
            assert_eq!(unhex::<4>(bad), None, "{bad:?}");
        }
    }
}
