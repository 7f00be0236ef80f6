//! The keys: of fixed length, and naming nobody.

use hmac::{Hmac, KeyInit, Mac};
use mfakit_core::{
    LoginId, Scope, Secret, UserId,
    adapter::{KeyRing, Purpose},
    store::Budget,
};
use sha2::{Digest, Sha256};

/// How many hexadecimal digits of a hash stand in a key: 128 bits.
const DIGITS: usize = 32;

/// Makes the keys.
#[derive(Clone)]
pub(crate) struct Names {
    prefix: String,
    /// With the key already in it. `None` for plain hashes.
    keyed: Option<Hmac<Sha256>>,
}

impl Names {
    #[allow(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104, section 2)")]
    pub(crate) fn new(prefix: String, key: Option<Secret>) -> Self {
        let keyed = key.map(|key| {
            // Derived once, since a user is looked up for every guarded request.
            let key = KeyRing::new(key, []).hash(Purpose::StoreName, &[]);
            Hmac::new_from_slice(&key).expect("any length will do")
        });
        Self { prefix, keyed }
    }

    /// The hash of a user's grants.
    pub(crate) fn grants(&self, user: &UserId) -> String {
        self.of_user(user, ":g")
    }

    /// Returns the key of the hash of a user's spent challenges.
    pub(crate) fn spent(&self, user: &UserId) -> String {
        self.of_user(user, ":x")
    }

    /// Everything else of a user.
    pub(crate) fn person(&self, user: &UserId) -> String {
        self.of_user(user, ":u")
    }

    /// One budget.
    pub(crate) fn budget(&self, budget: &Budget) -> String {
        let (kind, hash) = match budget {
            Budget::Number(hash) => ("n", hash),
            Budget::Block(hash) => ("k", hash),
            Budget::Address(hash) => ("a", hash),
            Budget::Rejections => ("r", &[0; 32]),
        };
        let mut key = String::with_capacity(self.prefix.len() + DIGITS + 5);
        key.push_str(&self.prefix);
        key.push_str(":b:");
        key.push_str(kind);
        push_hex(&mut key, hash, DIGITS);
        key
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

/// The field of a log-in and scope.
pub(crate) fn place(login: &LoginId, scope: &Scope) -> String {
    let mut place = String::with_capacity(DIGITS + 1 + scope.as_str().len());
    push_hex(&mut place, login.as_bytes(), DIGITS);
    place.push(':');
    place.push_str(scope.as_str());
    place
}

/// All of the bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    push_hex(&mut text, bytes, bytes.len() * 2);
    text
}

/// The bytes that [`hex`] wrote; `None` for anything else.
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

/// Appends the first `digits` hexadecimal digits of the bytes. Done for every guarded request.
fn push_hex(text: &mut String, bytes: &[u8], digits: usize) {
    for byte in bytes.iter().take(digits / 2) {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
}

const fn digit(half: u8) -> char {
    (if half < 10 { b'0' + half } else { b'a' + half - 10 }) as char
}

/// The four bits that a digit stands for; capitals are none of ours.
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
    fn keys_have_one_length_and_name_nobody() {
        for key in [None, Some(Secret::new("a key of thirty-two bytes or more").unwrap())] {
            let names = Names::new("mfakit".to_owned(), key);
            let long = "alice@example.com".repeat(100);
            for user in ["a", "alice", "1", &long] {
                let user = UserId::from(user);
                let (grants, person) = (names.grants(&user), names.person(&user));
                assert_eq!((grants.len(), person.len(), names.spent(&user).len()), (43, 43, 43));
                assert_eq!(grants.split('}').next(), names.spent(&user).split('}').next());
                assert!(
                    !grants.contains("alice") && grants.starts_with("mfakit:{") && grants.ends_with("}:g")
                );
                assert_eq!(grants.split('}').next(), person.split('}').next());
            }
        }
    }

    #[test]
    fn a_key_of_ones_own_changes_every_name() {
        let names =
            |key: Option<[u8; 32]>| Names::new("m".to_owned(), key.map(|key| Secret::new(key).unwrap()));
        let (alice, keyed) = (UserId::from("alice"), names(Some([7; 32])));
        assert_ne!(names(None).grants(&alice), keyed.grants(&alice));
        assert_ne!(names(Some([8; 32])).grants(&alice), keyed.grants(&alice));
        assert_eq!(names(Some([7; 32])).grants(&alice), keyed.grants(&alice));
    }

    #[test]
    fn hexadecimal_reads_back_and_nothing_else_does() {
        let bytes: [u8; 4] = [0, 15, 240, 255];
        assert_eq!(unhex(&hex(&bytes)), Some(bytes));
        for bad in ["", "000ff0f", "000ff0ffa", "000FF0FF", "000ff0fg"] {
            assert_eq!(unhex::<4>(bad), None, "{bad:?}");
        }
    }
}
