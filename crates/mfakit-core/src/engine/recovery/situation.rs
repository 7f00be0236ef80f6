//! State of a person's recovery codes, for the page and JSON.

use std::time::Duration;

use crate::{
    clock::Timestamp,
    engine::{
        backend_error::BackendError,
        enroll::{NotPermitted, Step},
        mfa::Mfa,
        recovery::{
            kept::{Codes, Kept},
            opening::Opening,
        },
    },
    number_book::NumberOnFile,
    number_tokens::NumberTokens,
    subject::{Subject, UserId},
};

/// State of a person's recovery codes in one session. Holds nothing that opens anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecoverySituation {
    /// The recovery codes that are left. `None` if none were made.
    pub codes: Option<RecoveryCodesLeft>,
    /// Time for which this session may replace the number because of a recovery code, or because the app allowed it. `None`
    /// if it may not.
    pub may_replace_for: Option<Duration>,
    /// Time in which the app allows any session of the user with a fresh sign-in to replace the number.
    pub allowed: Option<RecoveryOpening>,
    /// True if the app allows it now, and only the sign-in of this session is too old.
    pub needs_sign_in: bool,
}

/// Recovery codes that are left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecoveryCodesLeft {
    /// Number of codes.
    pub left: usize,
    /// Time at which they were made.
    pub made_at: Timestamp,
}

/// State of the recovery of one user, for support staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecoveryStatus {
    /// The recovery codes that are left. `None` if none were made.
    pub codes: Option<RecoveryCodesLeft>,
    /// Time in which the app allows the number to be replaced. `None` if it does not.
    pub allowed: Option<RecoveryOpening>,
}

/// Time in which the app allows a lost number to be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecoveryOpening {
    /// Time at which it begins. Until then, the owner can object.
    pub from: Timestamp,
    /// Time at which it ends.
    pub until: Timestamp,
}

impl Mfa {
    /// Returns the state of the recovery codes, or `None` without a recovery book.
    pub(in crate::engine) async fn recovery_situation(
        &self,
        subject: &Subject,
        tokens: &NumberTokens,
        on_file: Option<&NumberOnFile>,
    ) -> Result<Option<RecoverySituation>, BackendError> {
        let user = subject.user();
        let Some(kept) = self.recovery_of(user).await? else { return Ok(None) };
        let now = self.try_now()?;
        let codes = kept.codes.as_ref().map(Codes::left);
        let Some(on_file) = on_file else {
            return Ok(Some(RecoverySituation {
                codes,
                may_replace_for: None,
                allowed: None,
                needs_sign_in: false,
            }));
        };
        let open = match self.open_to(subject, tokens, on_file, &kept, Step::Enter).await {
            Ok(open) => open,
            Err(NotPermitted::Denied(_)) => None,
            Err(NotPermitted::Failed(error)) => return Err(error),
        };
        let allowed = self.allowed_and_not_over(user, on_file, &kept, now).await?;
        Ok(Some(RecoverySituation {
            codes,
            may_replace_for: open.map(|opening| opening.until().since(now)),
            allowed,
            needs_sign_in: open.is_none() && allowed.is_some_and(|allowed| allowed.from <= now),
        }))
    }

    /// Returns the codes that are left and the opening by the app, for support staff.
    pub(super) async fn recovery_status_of(
        &self,
        user: &UserId,
        on_file: Option<&NumberOnFile>,
        kept: &Kept,
        now: Timestamp,
    ) -> Result<RecoveryStatus, BackendError> {
        let allowed = match on_file {
            Some(on_file) => self.allowed_and_not_over(user, on_file, kept, now).await?,
            None => None,
        };
        Ok(RecoveryStatus { codes: kept.codes.as_ref().map(Codes::left), allowed })
    }

    /// Returns the times of the opening by the app. A book that was set back has openings that are over.
    async fn allowed_and_not_over(
        &self,
        user: &UserId,
        on_file: &NumberOnFile,
        kept: &Kept,
        now: Timestamp,
    ) -> Result<Option<RecoveryOpening>, BackendError> {
        match self.allowed(on_file, kept, now) {
            Some(opening) if !self.opening_has_ended(user, None, opening).await? => Ok(Some(opening.span())),
            _ => Ok(None),
        }
    }
}

impl Codes {
    fn left(&self) -> RecoveryCodesLeft {
        RecoveryCodesLeft { left: self.left.len(), made_at: Timestamp::from_millis(self.made_at) }
    }
}

impl Opening {
    pub(super) const fn span(&self) -> RecoveryOpening {
        RecoveryOpening { from: self.from(), until: self.until() }
    }
}
