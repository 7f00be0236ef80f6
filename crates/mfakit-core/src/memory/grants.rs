//! The grants of one part of the users, packed.

use hashbrown::HashTable;

use crate::{
    channel::Channel,
    clock::Timestamp,
    grant::{Binding, GrantRecord},
    memory::UserKey,
    scope::Scope,
    store::{GrantState, Key, Revocation, StoreError},
    subject::LoginId,
};

/// The grants of one part of the users. All of one user's have one hash, so they are found together.
#[derive(Default)]
pub(super) struct Grants {
    table: HashTable<Box<Entry>>,
    /// The few scopes there are; an entry holds the place of its own.
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
        let is_it = self.is(user, key)?;
        self.table.find(user.hash(), |entry| is_it(entry)).map(|entry| entry.record())
    }

    pub(super) fn of(&self, user: UserKey, now: Timestamp) -> Vec<GrantState> {
        let theirs =
            self.table.iter_hash(user.hash()).filter(|entry| entry.user == user && now < entry.expires_at);
        let named = theirs.filter_map(|entry| {
            let scope = *self.scopes.get(usize::from(entry.scope))?;
            Some(GrantState { login: entry.login, scope, grant: entry.record() })
        });
        named.collect()
    }

    /// Puts a grant in the place of the one before it; says whether there was none.
    pub(super) fn put(
        &mut self,
        user: UserKey,
        key: Key<'_>,
        grant: &GrantRecord,
    ) -> Result<bool, StoreError> {
        let scope = self.place_of(key.scope)?;
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

    /// Takes a grant away if it is still this one.
    pub(super) fn take(&mut self, user: UserKey, key: Key<'_>, grant: &GrantRecord) -> bool {
        let Some(is_it) = self.is(user, key) else { return false };
        let found = self.table.find_entry(user.hash(), |entry| is_it(entry) && entry.record() == *grant);
        found.map(|entry| entry.remove()).is_ok()
    }

    pub(super) fn revoke(&mut self, user: UserKey, what: Revocation) {
        let scopes = &self.scopes;
        let covers = |entry: &Entry| {
            scopes.get(usize::from(entry.scope)).is_none_or(|scope| what.covers(&entry.login, scope))
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

    /// Whether an entry is the one under this key; `None` where no grant was ever made for the scope.
    fn is<'a>(&self, user: UserKey, key: Key<'a>) -> Option<impl Fn(&Entry) -> bool + use<'a>> {
        let at = self.scopes.iter().position(|scope| scope == key.scope)?;
        Some(move |entry: &Entry| {
            entry.user == user && entry.login == *key.login && usize::from(entry.scope) == at
        })
    }

    fn place_of(&mut self, scope: &Scope) -> Result<u16, StoreError> {
        let at = self.scopes.iter().position(|known| known == scope).unwrap_or_else(|| {
            self.scopes.push(*scope);
            self.scopes.len() - 1
        });
        u16::try_from(at).map_err(|_| StoreError::new("the memory store knows no more than 65,536 scopes"))
    }
}
