//! Grants of the users of one shard, packed.

use hashbrown::HashTable;

use crate::{
    channel::Channel,
    clock::Timestamp,
    grant::{Binding, GrantRecord},
    memory::user_key::UserKey,
    scope::Scope,
    store::{GrantState, Key, Revocation, StoreError},
    subject::LoginId,
};

/// Grants of the users of one shard. All grants of a user have the same hash, so they are found together.
#[derive(Default)]
pub(super) struct Grants {
    table: HashTable<Box<Entry>>,
    /// Scopes of all grants ever made, which are few. An entry holds the position of its scope.
    scopes: Vec<Scope>,
}

struct Entry {
    user: UserKey,
    login: LoginId,
    binding: Binding,
    channel: Channel,
    scope: u16,
    verified_at: Timestamp,
    expires_at: Timestamp,
}

impl Entry {
    const fn record(&self) -> GrantRecord {
        let Self { binding, channel, verified_at, expires_at, .. } = *self;
        GrantRecord { binding, verified_at, expires_at, channel }
    }
}

impl Grants {
    pub(super) fn len(&self) -> usize {
        self.table.len()
    }

    pub(super) fn find(&self, user: UserKey, key: Key<'_>) -> Option<GrantRecord> {
        let is_it = self.matcher(user, key)?;
        self.table.find(user.hash(), |entry| is_it(entry)).map(|entry| entry.record())
    }

    pub(super) fn of(&self, user: UserKey, now: Timestamp) -> Vec<GrantState> {
        let current =
            self.table.iter_hash(user.hash()).filter(|entry| entry.user == user && now < entry.expires_at);
        let states = current.filter_map(|entry| {
            let scope = *self.scopes.get(usize::from(entry.scope))?;
            Some(GrantState { login: entry.login, scope, grant: entry.record() })
        });
        states.collect()
    }

    /// Inserts a grant, replacing any earlier one with the same key. Returns whether there was none.
    pub(super) fn insert(
        &mut self,
        user: UserKey,
        key: Key<'_>,
        grant: &GrantRecord,
    ) -> Result<bool, StoreError> {
        let scope = self.position_of(key.scope)?;
        let GrantRecord { binding, verified_at, expires_at, channel } = *grant;
        let entry = Entry { user, login: *key.login, binding, channel, scope, verified_at, expires_at };
        let before = self.table.find_mut(user.hash(), |other| {
            other.user == user && other.login == *key.login && other.scope == scope
        });
        if let Some(before) = before {
            **before = entry;
            return Ok(false);
        }
        self.table.insert_unique(user.hash(), Box::new(entry), |entry| entry.user.hash());
        Ok(true)
    }

    /// Removes a grant if it is still this one. Returns whether it was removed.
    pub(super) fn remove(&mut self, user: UserKey, key: Key<'_>, grant: &GrantRecord) -> bool {
        let Some(is_it) = self.matcher(user, key) else { return false };
        let found = self.table.find_entry(user.hash(), |entry| is_it(entry) && entry.record() == *grant);
        found.map(|entry| entry.remove()).is_ok()
    }

    pub(super) fn revoke(&mut self, user: UserKey, revocation: Revocation) {
        let scopes = &self.scopes;
        let covers = |entry: &Entry| {
            scopes.get(usize::from(entry.scope)).is_none_or(|scope| revocation.covers(&entry.login, scope))
        };
        while let Ok(entry) = self.table.find_entry(user.hash(), |entry| entry.user == user && covers(entry))
        {
            entry.remove();
        }
    }

    pub(super) fn sweep(&mut self, now: Timestamp) {
        self.table.retain(|entry| now < entry.expires_at);
        self.table.shrink_to(self.table.len(), |entry| entry.user.hash());
    }

    /// Returns a function that recognizes the entry with this key. `None` if no grant was ever made for the scope.
    fn matcher<'a>(&self, user: UserKey, key: Key<'a>) -> Option<impl Fn(&Entry) -> bool + use<'a>> {
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
