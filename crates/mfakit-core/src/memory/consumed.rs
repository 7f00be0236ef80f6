//! Approvals of the users of one part that were consumed.
//!
//! They are apart from the actions that wait, so they take none of their places, and a request does not visit them to find
//! its grant. They give way: a part that remembers enough of them forgets the one that would be forgotten first.

use crate::{
    approval::ApprovalId,
    clock::Timestamp,
    kept_action::KeptAction,
    store::{ConsumedAction, Key, Revocation},
    stored::stored,
};

use super::{
    expiring::{Expiring, Record},
    keyed_hash::KeyedHash,
};

/// Approvals of the users of one part that were consumed.
pub(super) struct Consumed {
    entries: Expiring<Entry>,
    /// Largest number of them.
    most: usize,
}

struct Entry {
    user: KeyedHash,
    remembered: Remembered,
}

/// Approval that was consumed, and the time until which it is remembered.
#[derive(Clone)]
pub(super) struct Remembered {
    pub(super) consumed: ConsumedAction,
    pub(super) until: Timestamp,
}

stored!(Remembered { consumed, until });

impl Record for Entry {
    fn hash(&self) -> u64 {
        self.user.in_table()
    }

    fn ends_at(&self) -> Timestamp {
        self.remembered.until
    }
}

impl Consumed {
    /// Creates an empty list that remembers at most this many, and at least one.
    pub(super) const fn new(most: usize) -> Self {
        Self { entries: Expiring::new(), most }
    }

    /// Returns whether the approval in the key was consumed.
    pub(super) fn has(&self, user: KeyedHash, key: Key<'_>, now: Timestamp) -> bool {
        let is_it = |consumed: &ConsumedAction| {
            let ConsumedAction { approval, login, scope, .. } = consumed;
            (Some(&approval.id), login, scope) == (key.approval, key.login, key.scope)
        };
        self.of(user, now).any(is_it)
    }

    /// Returns the approvals of a user, in all sessions and scopes.
    pub(super) fn of(&self, user: KeyedHash, now: Timestamp) -> impl Iterator<Item = &ConsumedAction> {
        let lasting = self.all(user).filter(move |remembered| now < remembered.until);
        lasting.map(|remembered| &remembered.consumed)
    }

    /// Returns the newest approval of the same digest as an action, of its session and scope.
    pub(super) fn like(
        &self,
        user: KeyedHash,
        action: &KeptAction,
        now: Timestamp,
    ) -> Option<ConsumedAction> {
        let alike = self.of(user, now).filter(|consumed| consumed.is_like(action));
        alike.max_by_key(|consumed| consumed.order()).copied()
    }

    /// Returns the approvals of a user, those that are to be forgotten as well.
    pub(super) fn all(&self, user: KeyedHash) -> impl Iterator<Item = &Remembered> {
        let all = self.entries.iter_hash(user.in_table()).filter(move |entry| entry.user == user);
        all.map(|entry| &entry.remembered)
    }

    /// Remembers an approval that was not remembered yet.
    pub(super) fn insert(&mut self, user: KeyedHash, remembered: Remembered) {
        if self.entries.len() >= self.most {
            self.entries.pop();
        }
        // Without room, it is forgotten, as any other.
        let _: bool = self.entries.insert(Entry { user, remembered });
    }

    /// Forgets an approval.
    pub(super) fn remove(&mut self, user: KeyedHash, id: &ApprovalId) {
        let is_it = |entry: &Entry| entry.user == user && entry.remembered.consumed.approval.id == *id;
        self.entries.remove(user.in_table(), is_it);
    }

    /// Forgets the approvals that a revocation covers, unless it keeps them.
    pub(super) fn revoke(&mut self, user: KeyedHash, revocation: Revocation) {
        if revocation.keeps_consumed() {
            return;
        }
        let covers = |entry: &Entry| {
            let ConsumedAction { approval, login, scope, .. } = &entry.remembered.consumed;
            entry.user == user && revocation.covers(login, scope, Some(&approval.id))
        };
        while self.entries.remove(user.in_table(), covers).is_some() {}
    }

    /// Forgets the approval that is remembered for the shortest time, if that time is over. Returns whether it is.
    pub(super) fn remove_ended(&mut self, now: Timestamp) -> bool {
        self.entries.pop_ended(now).is_some()
    }
}
