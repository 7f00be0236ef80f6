//! Answers to the decisions of the engine.

use mfakit_core::{Decision, Denial, Grant, Misconfigured, Reason};

use crate::{
    admission::{Admission, Consumed},
    answer::Answer,
    facts::Facts,
    problem::Kind,
    respond::{self, Awaited},
};

/// Grant that a denied request needs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Needed {
    Unbound,
    /// Bound grant, with the approval that a code would give if the action is kept.
    Bound(Option<Awaited>),
}

impl Admission {
    /// Turns a decision into the grant or the answer.
    pub(crate) fn conclude(
        &self,
        decided: Result<Decision, Misconfigured>,
        facts: impl FnOnce() -> Facts,
    ) -> Result<Grant, Answer> {
        match decided {
            Ok(Decision::Granted(grant)) => Ok(grant),
            Ok(Decision::Denied(denial)) => Err(self.denied(denial, Needed::Unbound, &facts())),
            Err(_) => Err(self.reject(self.caller(), &facts(), Kind::Misconfigured)),
        }
    }

    /// Returns the answer to a request that may not pass.
    pub(crate) fn denied(&self, denial: Denial, needed: Needed, facts: &Facts) -> Answer {
        let scope = denial.requirement.scope();
        let (approval, consumed) = match needed {
            Needed::Unbound => (None, Consumed::Unbound(*scope)),
            Needed::Bound(approval) => (approval, Consumed::Bound(*scope)),
        };
        if self.lacks(consumed, &denial) {
            let what = format!(
                "two guards of one route require {scope:?}, and the first that let the request pass consumed the \
                 grant: remove one of them, or give the other its own scope"
            );
            return self.misconfigured(facts, Misconfigured::new(what));
        }
        self.mark_answered();
        let answer = respond::denied(self.mfa(), &denial, approval, self.caller(), facts);
        self.note_redirect(&denial, &answer);
        self.shape(answer)
    }

    /// Returns whether the missing grant is one that this very request has consumed. A code would not help then,
    /// because every code would lead to another prompt. So it is answered as a mistake in the app [GUARD-8].
    fn lacks(&self, consumed: Consumed, denial: &Denial) -> bool {
        is_by_code(denial) && self.has_consumed(consumed)
    }

    /// Returns whether a code would let the request pass that was denied for want of a bound grant.
    pub(crate) fn helps(&self, denial: &Denial) -> bool {
        is_by_code(denial) && !self.lacks(Consumed::Bound(*denial.requirement.scope()), denial)
    }
}

/// Returns whether a grant is missing, which a code gives.
const fn is_by_code(denial: &Denial) -> bool {
    matches!(denial.reason, Reason::Missing | Reason::Expired | Reason::Mismatch)
}
