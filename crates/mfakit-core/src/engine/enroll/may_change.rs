//! Decides whether a session may change the number on file [ENROL-1].
//!
//! 1. If a number is on file, the session needs a grant of `mfakit.manage`: a code to that number was entered a moment ago.
//! 2. If none is on file, the person must have signed in a moment ago. A stolen session is usually older.
//! 3. Instead of the grant, an opening by a recovery code or by the app permits to replace the number, but not to remove it.
//! 4. This is judged at each step, because a grant may end and a tab may stay open. Only a code that was sent within the time
//!    of a fresh sign-in is accepted for as long as codes live.

use std::time::Duration;

use crate::{
    clock::Timestamp,
    decision::{Denial, Reason},
    engine::{
        backend_error::BackendError, enroll::change_denied::ChangeDenied, mfa::Mfa,
        misconfigured::Misconfigured, not_granted::NotGranted, ports::Found, recovery::Permitted,
    },
    event::{EventContext, EventKind},
    grant::GrantRecord,
    number_book::NumberOnFile,
    number_tokens::NumberTokens,
    requirement::Requirement,
    scope::Scope,
    store::StoreError,
    subject::{Subject, UserId},
};

/// Permission to change the number on file.
#[derive(Debug)]
pub(in crate::engine) enum Permission {
    /// No number is on file, and the sign-in is fresh.
    FreshSignIn,
    /// This grant of `mfakit.manage` counts. It has yet to be consumed.
    Grant(GrantRecord),
    /// Recovery is open to the session. It has yet to be consumed.
    Recovery(Permitted),
}

/// Step of a change, which decides how old the sign-in may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Step {
    /// The number is entered, or its code is sent.
    Enter,
    /// The code is entered.
    Confirm,
    /// The number is removed, or recovery codes are made. Recovery does not permit this.
    Remove,
}

/// Reason why a change may not go on.
#[derive(Debug)]
pub(in crate::engine) enum NotPermitted {
    Denied(ChangeDenied),
    Failed(BackendError),
}

impl From<BackendError> for NotPermitted {
    fn from(error: BackendError) -> Self {
        Self::Failed(error)
    }
}

impl From<Misconfigured> for NotPermitted {
    fn from(mistake: Misconfigured) -> Self {
        Self::Failed(mistake.into())
    }
}

/// Requirement that replacing or removing a number places on the session.
pub(in crate::engine) const fn manage() -> Requirement {
    Requirement::new(Scope::MANAGE).once()
}

impl Mfa {
    /// Returns the number on file of an engine with a number book. A number that cannot be read is an error, because it
    /// must not count as missing: adding the first number requires less than replacing one.
    pub(in crate::engine) async fn current_number(
        &self,
        user: &UserId,
    ) -> Result<Option<NumberOnFile>, BackendError> {
        if !self.inner.directory.is_book() {
            return Err(self.misconfigured(Misconfigured::no_number_book()).into());
        }
        match self.inner.directory.number(user).await? {
            Found::Number(on_file) => Ok(Some(on_file)),
            Found::Nothing => Ok(None),
            Found::Unreadable => Err(BackendError::Directory("the number on file cannot be read".into())),
        }
    }

    /// Judges whether the session may change the number on file. Consumes nothing.
    pub(in crate::engine) async fn may_change(
        &self,
        subject: &Subject,
        on_file: Option<&NumberOnFile>,
        tokens: &NumberTokens,
        step: Step,
    ) -> Result<Permission, NotPermitted> {
        let Some(on_file) = on_file else {
            return self.signed_in_recently(subject, step, self.try_now()?).map(|()| Permission::FreshSignIn);
        };
        let max_age = self.declared(&Scope::MANAGE)?.grant_lifetime();
        match self.judged(Some(subject), &manage(), max_age, tokens.manage.as_ref()).await {
            Ok((_, record)) => Ok(Permission::Grant(record)),
            Err(why @ NotGranted::Denied(Reason::Missing | Reason::Expired | Reason::Mismatch)) => {
                match self.recovery_permits(subject, tokens, on_file, step).await? {
                    Some(permitted) => Ok(Permission::Recovery(permitted)),
                    None => Err(self.not_permitted(subject, max_age, why)),
                }
            }
            Err(why) => Err(self.not_permitted(subject, max_age, why)),
        }
    }

    /// Consumes a permission. Exactly one of all concurrent calls succeeds.
    pub(in crate::engine) async fn use_up(
        &self,
        subject: &Subject,
        permission: &Permission,
    ) -> Result<(), NotPermitted> {
        let max_age = self.declared(&Scope::MANAGE)?.grant_lifetime();
        let record = match permission {
            Permission::FreshSignIn => return Ok(()),
            Permission::Recovery(permitted) => {
                let is_first = self.use_up_recovery(subject, permitted).await?;
                let gone = || self.not_permitted(subject, max_age, Reason::Missing.into());
                return if is_first { Ok(()) } else { Err(gone()) };
            }
            Permission::Grant(record) => record,
        };
        let taken = self.take(Some(subject), &manage(), record).await;
        taken.map_err(|why| self.not_permitted(subject, max_age, why))?;
        self.observe(EventContext::subject(subject).scope(&Scope::MANAGE), EventKind::Consumed);
        Ok(())
    }

    /// Judges the age of the sign-in. One in the future counts as too old.
    pub(in crate::engine) fn signed_in_recently(
        &self,
        subject: &Subject,
        step: Step,
        now: Timestamp,
    ) -> Result<(), NotPermitted> {
        let Some(at) = subject.signed_in_at() else {
            return Err(self.misconfigured(Misconfigured::no_sign_in_time()).into());
        };
        let policy = &self.inner.policy;
        let max_age = policy.fresh_sign_in;
        let allowed = match step {
            Step::Enter => max_age,
            Step::Confirm | Step::Remove => max_age + policy.code_lifetime,
        };
        if at > now.plus(policy.clock_skew) || now.since(at) >= allowed {
            return Err(NotPermitted::Denied(ChangeDenied::SignInTooOld { max_age }));
        }
        Ok(())
    }

    /// Returns the denial of a session whose grant has ended.
    pub(in crate::engine) fn grant_has_ended(&self, subject: &Subject) -> NotPermitted {
        match self.declared(&Scope::MANAGE) {
            Ok(manage) => self.not_permitted(subject, manage.grant_lifetime(), Reason::Missing.into()),
            Err(mistake) => mistake.into(),
        }
    }

    fn not_permitted(&self, subject: &Subject, max_age: Duration, why: NotGranted) -> NotPermitted {
        match why {
            NotGranted::Denied(Reason::Unavailable) => {
                NotPermitted::Failed(BackendError::Store(StoreError::new("the grant could not be read")))
            }
            NotGranted::Denied(reason) => {
                let denial = self.deny(Some(subject), &manage(), max_age, reason);
                NotPermitted::Denied(ChangeDenied::StepUpRequired(denial))
            }
            NotGranted::Misconfigured(mistake) => mistake.into(),
        }
    }
}

/// Returns the denial of a session without a grant, for a page that only shows it.
pub(super) const fn missing(reason: Reason, max_age: Duration) -> Denial {
    Denial { reason, requirement: manage(), max_age }
}
