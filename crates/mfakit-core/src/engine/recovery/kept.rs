//! Recovery codes and openings of one user, as the recovery book keeps them.
//!
//! The text is encrypted and authenticated for its user. Each writing has its own random nonce, so no two texts are equal,
//! and a compare-and-set never mistakes an earlier text for the current one.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::{
    engine::recovery::{opening::Opening, tag::Tag},
    key_ring::{KeyRing, Purpose},
    recovery_book::RecoveryRecord,
    subject::UserId,
};

/// First byte of the plain form: its version.
const VERSION: u8 = 1;

/// Content of the text of one user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) codes: Option<Codes>,
    /// Opening by a recovery code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) by_code: Option<Opening>,
    /// Opening by the app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) by_app: Option<Opening>,
}

/// Keyed hashes of the codes that are left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Codes {
    /// Time at which they were made, in milliseconds.
    pub(super) made_at: u64,
    pub(super) left: Vec<Tag>,
}

/// Opening that permits a replacement, by its identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Permitted(pub(super) Tag);

impl Kept {
    /// Writes the text. `None` if it cannot be encrypted.
    pub(super) fn seal(&self, keys: &KeyRing, user: &UserId) -> Option<RecoveryRecord> {
        let mut plain = vec![VERSION];
        serde_json::to_writer(&mut plain, self).ok()?;
        let sealed = keys.seal(Purpose::SealedRecovery, &[user.as_str().as_bytes()], &plain)?;
        Some(RecoveryRecord::from_text(URL_SAFE_NO_PAD.encode(sealed)))
    }

    /// Reads the text. `None` if it is not one of this user and of this version.
    pub(super) fn open(keys: &KeyRing, user: &UserId, record: &RecoveryRecord) -> Option<Self> {
        let text = record.as_str();
        if text.len() > RecoveryRecord::MAX_LEN {
            return None;
        }
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        let plain = keys.unseal(Purpose::SealedRecovery, &[user.as_str().as_bytes()], &sealed)?;
        serde_json::from_slice(plain.strip_prefix(&[VERSION])?).ok()
    }

    /// Returns the openings.
    pub(super) fn openings(&self) -> impl Iterator<Item = &Opening> {
        self.by_code.iter().chain(&self.by_app)
    }

    /// Ends the openings.
    pub(super) fn close(&mut self) {
        (self.by_code, self.by_app) = (None, None);
    }

    /// Ends one opening.
    pub(super) fn close_one(&mut self, id: &Tag) {
        for opening in [&mut self.by_code, &mut self.by_app] {
            if opening.as_ref().is_some_and(|opening| opening.id == *id) {
                *opening = None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    fn ring(bytes: &[u8]) -> KeyRing {
        let mut secrets = bytes.iter().map(|byte| Secret::new([*byte; 32]).unwrap());
        KeyRing::new(secrets.next().unwrap(), secrets)
    }

    fn largest() -> Kept {
        let opening = || Opening {
            id: Tag::random(),
            made_at: u64::MAX,
            from: u64::MAX,
            until: u64::MAX,
            number: Tag::random(),
            login: Some(Tag::random()),
            token: Some(Tag::random()),
            code: Some(Tag::random()),
        };
        let left = (0..10).map(|_| Tag::random()).collect();
        Kept {
            codes: Some(Codes { made_at: u64::MAX, left }),
            by_code: Some(opening()),
            by_app: Some(opening()),
        }
    }

    #[test]
    fn a_text_opens_for_its_own_user_only() {
        let (keys, alice, kept) = (ring(&[1]), UserId::from("alice"), largest());
        let text = kept.seal(&keys, &alice).unwrap();
        assert!(text.as_str().len() <= RecoveryRecord::MAX_LEN, "{}", text.as_str().len());
        assert!(text.as_str().is_ascii());
        assert_eq!(Kept::open(&keys, &alice, &text), Some(kept.clone()));
        assert_eq!(Kept::open(&ring(&[2, 1]), &alice, &text), Some(kept.clone()), "a former secret reads");
        assert_eq!(Kept::open(&keys, &"bob".into(), &text), None);
        assert_eq!(Kept::open(&ring(&[2]), &alice, &text), None);
        assert_ne!(kept.seal(&keys, &alice), Some(text), "no two texts are equal");
        let empty = Kept::default().seal(&keys, &alice).unwrap();
        assert_eq!(Kept::open(&keys, &alice, &empty), Some(Kept::default()));
    }

    #[test]
    fn a_text_that_was_changed_does_not_open() {
        let (keys, alice) = (ring(&[1]), UserId::from("alice"));
        let text = largest().seal(&keys, &alice).unwrap();
        let open = |text: &str| Kept::open(&keys, &alice, &RecoveryRecord::from_text(text));
        let bytes = URL_SAFE_NO_PAD.decode(text.as_str()).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert_eq!(open(&URL_SAFE_NO_PAD.encode(&changed)), None, "byte {at}");
        }
        for (name, other) in [
            ("empty", String::new()),
            ("cut", text.as_str()[..text.as_str().len() / 2].to_owned()),
            ("longer", format!("{}AAAA", text.as_str())),
            ("not base64url", format!("{}!", text.as_str())),
            ("much too long", "A".repeat(10_000_000)),
        ] {
            assert_eq!(open(&other), None, "{name}");
        }
        let sealed = |plain: &[u8]| {
            let sealed = keys.seal(Purpose::SealedRecovery, &[b"alice"], plain).unwrap();
            open(&URL_SAFE_NO_PAD.encode(sealed))
        };
        assert_eq!(sealed(b"\x01{}"), Some(Kept::default()));
        assert_eq!(sealed(b"\x02{}"), None, "another version");
        assert_eq!(sealed(b"\x01{\"more\":1}"), None, "a member of a later version");
        assert_eq!(sealed(b""), None);
    }
}
