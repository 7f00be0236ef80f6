//! Grants: read, consumed and revoked. Unlocking.

use crate::{
    conformance::model::history::event::{Event, History},
    grant::GrantRecord,
    scope::Scope,
    store::{ConsumeOutcome, Revocation},
    subject::LoginId,
};

impl History {
    /// Returns the grant of a session and scope, which may have expired.
    pub(in crate::conformance::model) fn grant(&self, login: LoginId, scope: Scope) -> Option<GrantRecord> {
        let current = self.grants().into_iter().find(|it| it.login == login && it.scope == scope);
        current.map(|it| it.grant)
    }

    pub(in crate::conformance::model) fn consume(
        &mut self,
        login: LoginId,
        scope: Scope,
        grant: &GrantRecord,
    ) -> ConsumeOutcome {
        if self.grant(login, scope).as_ref() != Some(grant) {
            return ConsumeOutcome::Gone;
        }
        self.events.push(Event::Consumed { login, scope });
        ConsumeOutcome::Consumed
    }

    pub(in crate::conformance::model) fn revoke(&mut self, revocation: Revocation) {
        self.events.push(Event::Revoked(revocation));
    }

    pub(in crate::conformance::model) fn unlock(&mut self) {
        self.events.push(Event::Unlocked);
    }
}
