//! Answers to the decisions of the engine.

use mfakit_core::{Decision, Denial, Grant, Misconfigured, Reason};

use crate::{
    admission::Admission,
    answer::Answer,
    facts::Facts,
    problem::Kind,
    respond::{self, Awaited},
};

impl Admission {
    /// Turns a decision into the grant or the answer.
    pub(crate) fn conclude(
        &self,
        decided: Result<Decision, Misconfigured>,
        facts: impl FnOnce() -> Facts,
    ) -> Result<Grant, Answer> {
        match decided {
            Ok(Decision::Granted(grant)) => Ok(grant),
            Ok(Decision::Denied(denial)) => Err(self.denied(denial, None, &facts())),
            Err(_) => Err(self.reject(self.caller(), &facts(), Kind::Misconfigured)),
        }
    }

    /// Returns the answer to a request that may not pass. `approval` is the one that a code would give.
    pub(crate) fn denied(&self, denial: Denial, approval: Option<Awaited>, facts: &Facts) -> Answer {
        if self.lacks_what_it_consumed(&denial) {
            let scope = denial.requirement.scope();
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
    pub(crate) fn lacks_what_it_consumed(&self, denial: &Denial) -> bool {
        match denial.reason {
            Reason::Missing | Reason::Expired | Reason::Mismatch => {
                self.has_consumed(denial.requirement.scope())
            }
            _ => false,
        }
    }

    /// Returns whether a code would let the request pass that was denied in this way.
    pub(crate) fn helps(&self, denial: &Denial) -> bool {
        let by_code = matches!(denial.reason, Reason::Missing | Reason::Expired | Reason::Mismatch);
        by_code && !self.lacks_what_it_consumed(denial)
    }
}
