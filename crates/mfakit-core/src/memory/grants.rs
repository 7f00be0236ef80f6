//! Grants of the users of one part that are not bound to an action, packed.

use crate::{
    clock::Timestamp,
    grant::{Binding, GrantRecord},
    method::Method,
    scope::Scope,
    store::{GrantState, Key, Revocation, StoreError},
    subject::LoginId,
};

use super::{
    errors::full,
    expiring::{Expiring, Record},
    keyed_hash::KeyedHash,
};

/// Grants of the users of one part that are not bound to an action. All grants of a user have the same hash, so they are found together.
pub(super) struct Grants {
    entries: Expiring<Entry>,
    /// Scopes of the grants, which are few. An entry holds the position of its scope.
    scopes: Vec<Scope>,
}

struct Entry {
    user: KeyedHash,
    login: LoginId,
    binding: Binding,
    method: Method,
    scope: u16,
    verified_at: Timestamp,
    expires_at: Timestamp,
}

impl Entry {
    const fn record(&self) -> GrantRecord {
        let Self { binding, method, verified_at, expires_at, .. } = *self;
        GrantRecord { binding, verified_at, expires_at, method, approval: None }
    }
}

impl Record for Entry {
    fn hash(&self) -> u64 {
        self.user.in_table()
    }

    fn ends_at(&self) -> Timestamp {
        self.expires_at
    }
}

impl Grants {
    pub(super) const fn new() -> Self {
        Self { entries: Expiring::new(), scopes: Vec::new() }
    }

    /// Size of the record of one grant, in bytes.
    #[cfg(test)]
    pub(super) const SIZE: usize = size_of::<Entry>();

    #[cfg(test)]
    pub(super) const fn len(&self) -> usize {
        self.entries.len()
    }

    #[cfg(test)]
    pub(super) const fn scopes(&self) -> usize {
        self.scopes.len()
    }

    pub(super) fn earliest(&self) -> Option<Timestamp> {
        self.entries.earliest()
    }

    pub(super) fn find(&self, user: KeyedHash, key: Key<'_>) -> Option<GrantRecord> {
        self.entries.find(user.in_table(), self.matcher(user, key)?).map(Entry::record)
    }

    pub(super) fn of(&self, user: KeyedHash, now: Timestamp) -> Vec<GrantState> {
        let all = self.entries.iter_hash(user.in_table());
        let current = all.filter(|entry| entry.user == user && now < entry.expires_at);
        let states = current.filter_map(|entry| {
            let scope = *self.scopes.get(usize::from(entry.scope))?;
            Some(GrantState { login: entry.login, scope, grant: entry.record() })
        });
        states.collect()
    }

    /// Inserts a grant, replacing any earlier one with the same key. Returns whether there was none.
    pub(super) fn insert(
        &mut self,
        user: KeyedHash,
        key: Key<'_>,
        grant: &GrantRecord,
    ) -> Result<bool, StoreError> {
        let scope = self.position_of(key.scope)?;
        let GrantRecord { binding, verified_at, expires_at, method, approval: _ } = *grant;
        let entry = Entry { user, login: *key.login, binding, method, scope, verified_at, expires_at };
        let mut entry = Some(entry);
        let same = |other: &Entry| other.user == user && other.login == *key.login && other.scope == scope;
        let replace = |before: &mut Entry| entry.take().map(|entry| *before = entry);
        self.entries.change(user.in_table(), same, replace);
        match entry.map(|entry| self.entries.insert(entry)) {
            None => Ok(false),
            Some(true) => Ok(true),
            Some(false) => Err(full()),
        }
    }

    /// Removes a grant if it is still this one. Returns whether it was removed.
    pub(super) fn remove(&mut self, user: KeyedHash, key: Key<'_>, grant: &GrantRecord) -> bool {
        let Some(is_it) = self.matcher(user, key) else { return false };
        let removed = self.entries.remove(user.in_table(), |entry| is_it(entry) && entry.record() == *grant);
        self.forget_scopes();
        removed.is_some()
    }

    /// Removes the grants that a revocation covers, and returns their number.
    pub(super) fn revoke(&mut self, user: KeyedHash, revocation: Revocation) -> usize {
        let scopes = &self.scopes;
        let covers = |entry: &Entry| {
            let scope = scopes.get(usize::from(entry.scope));
            entry.user == user && scope.is_none_or(|scope| revocation.covers(&entry.login, scope, None))
        };
        let removed = std::iter::from_fn(|| self.entries.remove(user.in_table(), covers)).count();
        self.forget_scopes();
        removed
    }

    /// Removes the grant that expires first, if it has expired. Returns whether it has.
    pub(super) fn remove_ended(&mut self, now: Timestamp) -> bool {
        let removed = self.entries.pop_ended(now).is_some();
        self.forget_scopes();
        removed
    }

    /// Forgets the scopes once no grant refers to them, so that their list does not grow forever.
    fn forget_scopes(&mut self) {
        if self.entries.is_empty() {
            self.scopes = Vec::new();
        }
    }

    /// Returns a function that recognizes the entry with this key. `None` if there is no grant for the scope.
    fn matcher<'a>(&self, user: KeyedHash, key: Key<'a>) -> Option<impl Fn(&Entry) -> bool + use<'a>> {
        let at = self.scopes.iter().position(|scope| scope == key.scope)?;
        Some(move |entry: &Entry| {
            entry.user == user && entry.login == *key.login && usize::from(entry.scope) == at
        })
    }

    fn position_of(&mut self, scope: &Scope) -> Result<u16, StoreError> {
        let at = self.scopes.iter().position(|known| known == scope).unwrap_or_else(|| {
            self.scopes.push(*scope);
            self.scopes.len() - 1
        });
        u16::try_from(at)
            .map_err(|_| StoreError::new("the memory store holds grants for at most 65,536 scopes"))
    }
}
