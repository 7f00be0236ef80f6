//! Gives a user a grant in every session, for a test. Compiled only with the feature `testing`.

use crate::{
    approval::ActionDigest,
    channel::Channel,
    engine::mfa::Mfa,
    event::{EventContext, EventKind},
    scope::Scope,
    subject::UserId,
};

impl Mfa {
    /// Gives a user a grant in every session, for the lifetime of the scope. It is bound to `action`, if there is one.
    /// Does nothing if the scope is not
    /// declared.
    pub(crate) fn grant_user(&self, user: &UserId, scope: Scope, action: Option<ActionDigest>) {
        let Some(settings) = self.scope(&scope) else { return };
        let lifetime = settings.grant_lifetime();
        self.inner.user_grants.insert(user.clone(), scope, action, self.inner.clock.now(), lifetime);
        let about = EventContext::user(user).scope(&scope).channel(Channel::Messaging);
        self.observe(about, EventKind::Granted { lifetime, failures: 0 });
    }
}
