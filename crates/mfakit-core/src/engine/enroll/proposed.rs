//! Unconfirmed number that a person entered, as it is kept until it is confirmed.
//!
//! The canonical form of its action is the number and a keyed hash of the number on file, encrypted for the user, the
//! session and the approval. So a dump of the store shows no number, and a record that is copied to another user cannot
//! be decrypted.

use crate::{
    approval::{ActionDigest, Approval},
    engine::mfa::Mfa,
    kept_action::KeptAction,
    key_ring::{KeyRing, Purpose},
    number_book::NumberOnFile,
    phone::PhoneNumber,
    subject::{LoginId, UserId},
};

/// First byte of the plain form: its version.
const VERSION: u8 = 1;

/// Hash that stands for no number on file.
const NO_NUMBER: [u8; 32] = [0; 32];

/// A number that a person entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proposed {
    pub(crate) number: PhoneNumber,
    /// Keyed hash of the number that was on file.
    from: [u8; 32],
}

impl Proposed {
    pub(super) fn new(keys: &KeyRing, number: PhoneNumber, on_file: Option<&NumberOnFile>) -> Self {
        let from = on_file.map_or(NO_NUMBER, |on_file| {
            keys.hash(Purpose::PhoneNumber, &[on_file.number.as_e164().as_bytes()])
        });
        Self { number, from }
    }

    /// Returns whether the number on file is the one from the time of the proposal.
    pub(crate) fn is_from(&self, keys: &KeyRing, on_file: Option<&NumberOnFile>) -> bool {
        match on_file {
            None => self.from == NO_NUMBER,
            Some(on_file) => {
                keys.matches(Purpose::PhoneNumber, &[on_file.number.as_e164().as_bytes()], &self.from)
            }
        }
    }

    /// Returns the digest of the action. The same number in place of the same number has one approval.
    pub(super) fn digest(&self, keys: &KeyRing) -> ActionDigest {
        let parts: [&[u8]; 2] = [self.number.as_e164().as_bytes(), &self.from];
        ActionDigest::from_bytes(keys.hash(Purpose::ProposedNumber, &parts))
    }

    /// Returns the encrypted form.
    pub(super) fn seal(
        &self,
        keys: &KeyRing,
        user: &UserId,
        login: &LoginId,
        approval: &Approval,
    ) -> Option<Vec<u8>> {
        let plain = [&[VERSION][..], &self.from, self.number.as_e164().as_bytes()].concat();
        keys.seal(Purpose::SealedNumber, &context(user, login, approval), &plain)
    }

    /// Reads the encrypted form. `None` if it is not one of this user, session and approval.
    fn open(
        keys: &KeyRing,
        user: &UserId,
        login: &LoginId,
        approval: &Approval,
        sealed: &[u8],
    ) -> Option<Self> {
        let plain = keys.unseal(Purpose::SealedNumber, &context(user, login, approval), sealed)?;
        let (from, number) = plain.strip_prefix(&[VERSION])?.split_first_chunk::<32>()?;
        let number = PhoneNumber::new(std::str::from_utf8(number).ok()?).ok()?;
        Some(Self { number, from: *from })
    }
}

impl Mfa {
    /// Reads the number of a kept action. A form that cannot be decrypted is reported, and counts as no number.
    pub(in crate::engine) fn proposed(&self, user: &UserId, action: &KeptAction) -> Option<Proposed> {
        let KeptAction { login, approval, canonical, .. } = action;
        let proposed = Proposed::open(self.keys(), user, login, approval, canonical);
        if proposed.is_none() {
            let _reported = self.inner.store.unreadable("an unconfirmed number cannot be decrypted");
        }
        proposed
    }
}

fn context<'a>(user: &'a UserId, login: &'a LoginId, approval: &'a Approval) -> [&'a [u8]; 3] {
    [user.as_str().as_bytes(), login.as_bytes(), approval.id.as_bytes()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{approval::ApprovalId, clock::Timestamp, secret::Secret};

    fn ring(bytes: &[u8]) -> KeyRing {
        let mut secrets = bytes.iter().map(|byte| Secret::new([*byte; 32]).unwrap());
        KeyRing::new(secrets.next().unwrap(), secrets)
    }

    fn on_file(number: &str) -> NumberOnFile {
        NumberOnFile::new(PhoneNumber::new(number).unwrap(), Timestamp::from_millis(0))
    }

    #[test]
    fn a_proposal_opens_for_its_own_user_session_and_approval_only() {
        let (keys, old) = (ring(&[1]), on_file("+19195551234"));
        let proposed = Proposed::new(&keys, on_file("+12025550123").number, Some(&old));
        let (alice, login) = (UserId::from("alice"), LoginId::random());
        let approval = Approval::new(ApprovalId::random(), proposed.digest(&keys));
        let sealed = proposed.seal(&keys, &alice, &login, &approval).unwrap();
        let open = |keys: &KeyRing, user: &str, login: &LoginId, approval: &Approval| {
            Proposed::open(keys, &user.into(), login, approval, &sealed)
        };
        assert_eq!(open(&keys, "alice", &login, &approval), Some(proposed.clone()));
        assert_eq!(open(&ring(&[2, 1]), "alice", &login, &approval), Some(proposed));
        let other = Approval::new(ApprovalId::random(), approval.digest);
        for (name, opened) in [
            ("another user", open(&keys, "mallory", &login, &approval)),
            ("another session", open(&keys, "alice", &LoginId::random(), &approval)),
            ("another approval", open(&keys, "alice", &login, &other)),
            ("another secret", open(&ring(&[2]), "alice", &login, &approval)),
        ] {
            assert_eq!(opened, None, "{name}");
        }
    }

    #[test]
    fn a_proposal_holds_for_the_number_on_file_from_then() {
        let (keys, rotated) = (ring(&[1]), ring(&[2, 1]));
        let (old, other) = (on_file("+19195551234"), on_file("+19195551235"));
        let new = on_file("+12025550123").number;
        let replacing = Proposed::new(&keys, new.clone(), Some(&old));
        let adding = Proposed::new(&keys, new, None);
        for keys in [&keys, &rotated] {
            assert!(replacing.is_from(keys, Some(&old)) && adding.is_from(keys, None));
            assert!(!replacing.is_from(keys, Some(&other)) && !replacing.is_from(keys, None));
            assert!(!adding.is_from(keys, Some(&old)));
        }
        assert_ne!(replacing.digest(&keys), adding.digest(&keys));
        assert!(!format!("{replacing:?}").contains("5550"));
    }
}
