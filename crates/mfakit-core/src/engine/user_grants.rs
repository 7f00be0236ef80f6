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
    approval::{ActionDigest, Approval, ApprovalId},
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
    grants: Mutex<HashMap<Place, UserGrant>>,
    /// True once a test has made such a grant. Without one, a request takes no lock.
    used: AtomicBool,
}

/// Owner of a grant: a user, a scope, and an action if the grant is bound to one.
type Place = (UserId, Scope, Option<ActionDigest>);

/// Grant to one user for one scope.
struct UserGrant {
    verified_at: Timestamp,
    expires_at: Timestamp,
    /// Approval of a bound grant, from which that of each session is made.
    approval: ApprovalId,
    /// Sessions whose copy has ended.
    ended: HashSet<LoginId>,
}

impl UserGrant {
    /// Returns the approval of a session's copy. Each session has its own.
    fn approval_of(&self, login: &LoginId) -> ApprovalId {
        let mut bytes = *self.approval.as_bytes();
        bytes.iter_mut().zip(login.as_bytes()).for_each(|(byte, of_login)| *byte ^= of_login);
        ApprovalId::from_bytes(bytes)
    }
}

impl UserGrants {
    /// Makes a grant, which replaces an earlier one for the same user, scope and action in every session.
    pub(super) fn insert(
        &self,
        user: UserId,
        scope: Scope,
        action: Option<ActionDigest>,
        now: Timestamp,
        lifetime: Duration,
    ) {
        let (expires_at, approval) = (now.plus(lifetime), ApprovalId::random());
        let grant = UserGrant { verified_at: now, expires_at, approval, ended: HashSet::new() };
        self.grants().insert((user, scope, action), grant);
        self.used.store(true, Ordering::Release);
    }

    /// Judges the session's copy of an unbound grant by the rule for stored grants. `None` if there is no copy.
    pub(super) fn judge(&self, question: &Question<'_>) -> Option<Result<(GrantTerms, GrantRecord), Reason>> {
        let mut records = self.records(question.subject, &question.requirement.scope);
        records.retain(|record| record.approval.is_none());
        let mut record = records.pop()?;
        let judged = Self::judge_copy(&mut record, question);
        Some(judged.map(|terms| (terms, record)))
    }

    /// Returns the session's copies of bound grants.
    pub(super) fn bound(&self, subject: &Subject, scope: &Scope) -> impl Iterator<Item = GrantRecord> {
        self.records(subject, scope).into_iter().filter(|record| record.approval.is_some())
    }

    /// Judges a copy by the rule for stored grants.
    pub(super) fn judge_copy(
        record: &mut GrantRecord,
        question: &Question<'_>,
    ) -> Result<GrantTerms, Reason> {
        // The rule compares the request's token with the record's. This pair fits, and never leaves this function.
        let token = GrantToken::from_bytes(random());
        record.binding = match question.subject.recognition() {
            Recognition::Cookie => Binding::Cookie(token.hash()),
            Recognition::Bearer => Binding::Bearer,
        };
        judge(record, &Question { token: Some(&token), ..*question })
    }

    /// Consumes the session's copy. Returns whether there was one, made at the time of `record`.
    pub(super) fn consume(&self, key: Key<'_>, record: &GrantRecord) -> bool {
        let mut grants = self.grants();
        let action = record.approval.map(|approval| approval.digest);
        let grant = grants.get_mut(&(key.user.clone(), *key.scope, action));
        grant.is_some_and(|grant| grant.verified_at == record.verified_at && grant.ended.insert(*key.login))
    }

    /// Ends the copies that a revocation covers.
    pub(super) fn revoke(&self, user: &UserId, what: Revocation) {
        let mut grants = self.grants();
        match what {
            Revocation::User => grants.retain(|(owner, ..), _| owner != user),
            Revocation::Scope(scope) => grants.retain(|(owner, of, _), _| owner != user || *of != scope),
            Revocation::Login(login) => {
                for (_, grant) in grants.iter_mut().filter(|((owner, ..), _)| owner == user) {
                    grant.ended.insert(login);
                }
            }
            Revocation::Elevation(login, scope) => {
                let covered = grants.iter_mut().filter(|((owner, of, _), _)| owner == user && *of == scope);
                for (_, grant) in covered {
                    grant.ended.insert(login);
                }
            }
            Revocation::Approval(login, scope, id) => {
                let covered = grants.iter_mut().filter(|((owner, of, action), grant)| {
                    owner == user && *of == scope && action.is_some() && grant.approval_of(&login) == id
                });
                for (_, grant) in covered {
                    grant.ended.insert(login);
                }
            }
        }
    }

    fn records(&self, subject: &Subject, scope: &Scope) -> Vec<GrantRecord> {
        if !self.used.load(Ordering::Acquire) {
            return Vec::new();
        }
        let grants = self.grants();
        let theirs = grants.iter().filter(|((owner, of, _), grant)| {
            owner == subject.user() && of == scope && !grant.ended.contains(subject.login())
        });
        let record = |((_, _, action), grant): (&Place, &UserGrant)| {
            let end = subject.session_end().map_or(grant.expires_at, |end| grant.expires_at.min(end));
            let approval = action.map(|digest| Approval::new(grant.approval_of(subject.login()), digest));
            GrantRecord::new(Binding::Bearer, grant.verified_at, end, Channel::Messaging, approval)
        };
        theirs.map(record).collect()
    }

    fn grants(&self) -> MutexGuard<'_, HashMap<Place, UserGrant>> {
        self.grants.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
