//! Grants that a test gave to a user in every session. Compiled only with the feature `testing`.
//!
//! 1. Until a test makes such a grant, the engine behaves exactly as without the feature.
//! 2. It is judged by the same rule as a stored grant: lifetime, maximum age, clock skew and end of the session.
//! 3. Every session has its own copy. Consuming the grant, dropping it and signing out end the copy of one
//!    session. Revoking the user or the scope ends all copies.
//! 4. The store is still read first, so a store that fails rejects the request.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use crate::{
    channel::Channel,
    clock::Timestamp,
    decision::{Question, Reason, judge},
    grant::{Binding, GrantRecord, GrantTerms},
    random::random,
    scope::Scope,
    store::{Key, Revocation},
    subject::{LoginId, Recognition, Subject, UserId},
    token::GrantToken,
};

/// Grants of one engine to users in every session.
#[derive(Default)]
pub(crate) struct UserGrants {
    grants: Mutex<HashMap<(UserId, Scope), UserGrant>>,
    /// True once a test has made such a grant. Without one, a request takes no lock.
    used: AtomicBool,
}

/// Grant to one user for one scope.
struct UserGrant {
    verified_at: Timestamp,
    expires_at: Timestamp,
    /// Sessions whose copy has ended.
    ended: HashSet<LoginId>,
}

impl UserGrants {
    /// Makes a grant, which replaces an earlier one for the same user and scope in every session.
    pub(super) fn insert(&self, user: UserId, scope: Scope, now: Timestamp, lifetime: Duration) {
        let grant = UserGrant { verified_at: now, expires_at: now.plus(lifetime), ended: HashSet::new() };
        self.grants().insert((user, scope), grant);
        self.used.store(true, Ordering::Release);
    }

    /// Judges the session's copy by the rule for stored grants. `None` if there is no copy.
    pub(super) fn judge(&self, question: &Question<'_>) -> Option<Result<(GrantTerms, GrantRecord), Reason>> {
        let subject = question.subject;
        let mut record = self.record(subject, &question.requirement.scope)?;
        // The rule compares the request's token with the record's. This pair fits, and never leaves this function.
        let token = GrantToken::from_bytes(random());
        record.binding = match subject.recognition() {
            Recognition::Cookie => Binding::Cookie(token.hash()),
            Recognition::Bearer => Binding::Bearer,
        };
        let judged = judge(&record, &Question { token: Some(&token), ..*question });
        Some(judged.map(|terms| (terms, record)))
    }

    /// Consumes the session's copy. Returns whether there was one, made at the time of `record`.
    pub(super) fn consume(&self, key: Key<'_>, record: &GrantRecord) -> bool {
        let mut grants = self.grants();
        let grant = grants.get_mut(&(key.user.clone(), *key.scope));
        grant.is_some_and(|grant| grant.verified_at == record.verified_at && grant.ended.insert(*key.login))
    }

    /// Ends the copies that a revocation covers.
    pub(super) fn revoke(&self, user: &UserId, what: Revocation) {
        let mut grants = self.grants();
        match what {
            Revocation::User => grants.retain(|(owner, _), _| owner != user),
            Revocation::Scope(scope) => {
                grants.remove(&(user.clone(), scope));
            }
            Revocation::Login(login) => {
                for (_, grant) in grants.iter_mut().filter(|((owner, _), _)| owner == user) {
                    grant.ended.insert(login);
                }
            }
            Revocation::Elevation(login, scope) => {
                if let Some(grant) = grants.get_mut(&(user.clone(), scope)) {
                    grant.ended.insert(login);
                }
            }
        }
    }

    fn record(&self, subject: &Subject, scope: &Scope) -> Option<GrantRecord> {
        if !self.used.load(Ordering::Acquire) {
            return None;
        }
        let grants = self.grants();
        let grant = grants.get(&(subject.user().clone(), *scope))?;
        if grant.ended.contains(subject.login()) {
            return None;
        }
        let expires_at = subject.session_end().map_or(grant.expires_at, |end| grant.expires_at.min(end));
        Some(GrantRecord::new(Binding::Bearer, grant.verified_at, expires_at, Channel::Messaging, None))
    }

    fn grants(&self) -> MutexGuard<'_, HashMap<(UserId, Scope), UserGrant>> {
        self.grants.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
