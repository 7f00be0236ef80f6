//! Grants: read, consumed and revoked. Unlocking.

use crate::{
    clock::Timestamp,
    conformance::model::history::event::{Event, History, Owner},
    grant::GrantRecord,
    store::{ConsumeOutcome, GrantState, Revocation},
};

impl History {
    /// Returns the grant of an owner, which may have expired.
    pub(in crate::conformance::model) fn grant(&self, owner: Owner) -> Option<GrantRecord> {
        let current = self.grants().into_iter().find(|it| Owner::of_grant(it) == owner);
        current.map(|it| it.grant)
    }

    /// Returns the bound grants of an owner's session and scope that have not expired.
    pub(in crate::conformance::model) fn bound_grants(
        &self,
        owner: Owner,
        now: Timestamp,
    ) -> Vec<GrantRecord> {
        let is_here = |it: &GrantState| it.login == owner.login && it.scope == owner.scope;
        let here = self.grants().into_iter().filter(is_here).map(|it| it.grant);
        here.filter(|grant| grant.approval.is_some() && now < grant.expires_at).collect()
    }

    pub(in crate::conformance::model) fn consume(
        &mut self,
        owner: Owner,
        grant: &GrantRecord,
        now: Timestamp,
    ) -> ConsumeOutcome {
        if self.grant(owner).as_ref() != Some(grant) {
            return ConsumeOutcome::Gone;
        }
        self.events.push(Event::Consumed(owner, now));
        ConsumeOutcome::Consumed
    }

    pub(in crate::conformance::model) fn revoke(&mut self, revocation: Revocation) {
        self.events.push(Event::Revoked(revocation));
    }

    pub(in crate::conformance::model) fn unlock(&mut self) {
        self.events.push(Event::Unlocked);
    }
}
