//! Phone number that codes are sent to: the one on file, or one that a person entered.

use crate::{
    clock::Timestamp,
    engine::{backend_error::BackendError, enroll::Proposed, mfa::Mfa, ports::Found},
    kept_action::KeptAction,
    key_ring::{KeyRing, Purpose},
    number_book::NumberOnFile,
    phone::PhoneNumber,
    scope::Scope,
    store::Key,
    subject::UserId,
};

/// A number, and the keyed hashes of it that challenges may have kept: one for each secret.
pub(crate) struct OnFile {
    pub(crate) number: PhoneNumber,
    pub(crate) hashes: Vec<[u8; 32]>,
    pub(crate) standing: Standing,
}

/// Standing of a number. It says whether a person has proved to have the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is on file. The time is that of its confirmation, or zero with a directory, which does not have it.
    Confirmed(Timestamp),
    /// A person entered it, and may not have the phone.
    Unconfirmed,
}

impl OnFile {
    pub(super) fn new(keys: &KeyRing, number: PhoneNumber, standing: Standing) -> Self {
        let hashes = keys.hashes(Purpose::PhoneNumber, &[number.as_e164().as_bytes()]);
        Self { number, hashes, standing }
    }

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
        Ok(match self.inner.directory.number(user).await? {
            Found::Number(NumberOnFile { number, confirmed_at }) => {
                Some(OnFile::new(self.keys(), number, Standing::Confirmed(confirmed_at)))
            }
            Found::Nothing | Found::Unreadable => None,
        })
    }

    /// Returns the number that a code for this key goes to, for the verify of a challenge. Returns `None` if there is
    /// no number, or if it is too new for the scope. The challenge is then over.
    pub(super) async fn number_for(&self, key: Key<'_>) -> Result<Option<OnFile>, BackendError> {
        if *key.scope == Scope::ENROLL {
            let kept = self.inner.store.actions(key, self.try_now()?).await?;
            let Some(action) = kept.into_iter().find(|action| key.keeps(action)) else { return Ok(None) };
            return Ok(match self.proposed(key.user, &action) {
                Some(proposed) => self.number_as_proposed(key.user, proposed).await?,
                None => None,
            });
        }
        let on_file = self.number_on_file(key.user).await?;
        let now = self.try_now()?;
        Ok(on_file.filter(|on_file| self.settles_at(key.scope, on_file, now).is_none()))
    }

    /// Returns the number that a person entered, if the number on file is still the one from then.
    pub(super) async fn number_as_proposed(
        &self,
        user: &UserId,
        proposed: Proposed,
    ) -> Result<Option<OnFile>, BackendError> {
        let current = self.current_number(user).await?;
        let is_current = proposed.is_from(self.keys(), current.as_ref());
        Ok(is_current.then(|| OnFile::new(self.keys(), proposed.number, Standing::Unconfirmed)))
    }

    /// Returns the number that a kept action is about, if its scope is the one for numbers that a person entered.
    pub(super) fn number_of_action(&self, user: &UserId, action: &KeptAction) -> Option<PhoneNumber> {
        (action.scope == Scope::ENROLL).then(|| self.proposed(user, action))?.map(|proposed| proposed.number)
    }

    /// Returns the time at which a number is old enough for a scope, if it is not yet. If the time of the confirmation
    /// is in the future, the wait begins then.
    pub(super) fn settles_at(&self, scope: &Scope, on_file: &OnFile, now: Timestamp) -> Option<Timestamp> {
        let settled = self.scope(scope)?.settled()?;
        let Standing::Confirmed(confirmed_at) = on_file.standing else { return None };
        let until = confirmed_at.plus(settled);
        (now < until).then_some(until)
    }
}
