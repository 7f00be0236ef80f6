//! Denial of a bound requirement, until it is answered.

use std::{fmt, ops::Deref, time::Duration};

use crate::{
    approval::Approval,
    catalog::ScopeSettings,
    decision::{Denial, Reason},
    engine::mfa::Mfa,
    event::{EventContext, EventKind},
    requirement::Requirement,
    subject::Subject,
};

/// Denial of a bound requirement whose event is not written yet: the answer may name an approval, and so does the event.
///
/// It is a [`Denial`]. Dropping it writes the event without an approval, so each denial has exactly one.
#[must_use = "report the denial when it is answered"]
pub struct PendingDenial {
    denial: Denial,
    /// Engine that writes the event, and the caller. `None` if the event is written.
    pending: Option<Box<(Mfa, Option<Subject>)>>,
}

impl PendingDenial {
    pub(super) fn new(mfa: &Mfa, subject: Option<&Subject>, denial: Denial) -> Self {
        Self { denial, pending: Some(Box::new((mfa.clone(), subject.cloned()))) }
    }

    /// Writes the event with the approval that the answer names, and returns the denial.
    pub fn report(mut self, approval: Option<&Approval>) -> Denial {
        self.write(approval);
        self.denial
    }

    fn write(&mut self, approval: Option<&Approval>) {
        if let Some((mfa, subject)) = self.pending.take().as_deref() {
            let about = EventContext::subject(subject.as_ref()).scope(self.denial.requirement.scope());
            mfa.observe_denied(about.approval(approval), self.denial.reason);
        }
    }
}

impl Mfa {
    /// Denies a request. Its event is written when it is answered.
    pub(crate) fn deny_bound(
        &self,
        subject: Option<&Subject>,
        requirement: &Requirement,
        reason: Reason,
    ) -> PendingDenial {
        let lifetime = self.scope(requirement.scope()).map_or(Duration::ZERO, ScopeSettings::grant_lifetime);
        let denial = Denial { reason, requirement: *requirement, max_age: requirement.within(lifetime) };
        PendingDenial::new(self, subject, denial)
    }

    /// Writes the event of a denial.
    pub(super) fn observe_denied(&self, about: EventContext<'_>, reason: Reason) {
        self.observe(about, EventKind::Denied { reason });
    }
}

/// Denial whose event is written.
impl From<Denial> for PendingDenial {
    fn from(denial: Denial) -> Self {
        Self { denial, pending: None }
    }
}

impl Deref for PendingDenial {
    type Target = Denial;

    fn deref(&self) -> &Denial {
        &self.denial
    }
}

impl Drop for PendingDenial {
    fn drop(&mut self) {
        self.write(None);
    }
}

impl fmt::Debug for PendingDenial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.denial, f)
    }
}
