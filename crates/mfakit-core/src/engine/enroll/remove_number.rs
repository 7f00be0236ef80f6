//! Removes the number on file.

use crate::{
    engine::{
        enroll::{change::Permitted, enroll_error::EnrollError, may_change::Step, not_changed::NotChanged},
        mfa::Mfa,
        task::Stopped,
    },
    event::{EventContext, EventKind},
    number_book::NumberChange,
    phone::PhoneNumber,
    subject::Subject,
    token::GrantToken,
};

impl Mfa {
    /// Removes the number on file, and ends all grants and challenges of the user. Returns the number that was removed.
    ///
    /// The session needs a grant of [`Scope::MANAGE`](crate::scope::Scope::MANAGE), which is consumed. `manage` is the value
    /// of its cookie. Must be called within a tokio runtime, and runs to completion even if the caller stops waiting.
    ///
    /// # Errors
    ///
    /// Returns the reason why the number was not removed. The number on file is then as before, unless the number book failed
    /// while it removed it: see [`EnrollError::Unavailable`].
    pub async fn remove_number(
        &self,
        subject: &Subject,
        manage: Option<&GrantToken>,
    ) -> Result<PhoneNumber, EnrollError> {
        let (mfa, subject, manage) = (self.clone(), subject.clone(), manage.cloned());
        let ceremony = async move {
            let removed = mfa.remove_to_the_end(&subject, manage.as_ref()).await;
            if let Some(why) = removed.as_ref().err().and_then(EnrollError::why) {
                mfa.observe(EventContext::subject(&subject), EventKind::NumberChangeRejected { why });
            }
            removed
        };
        self.to_the_end(ceremony).await.unwrap_or_else(|stopped| match stopped {
            Stopped::ShutDown => Err(EnrollError::Unavailable),
            Stopped::Panicked(mistake) => Err(mistake.into()),
        })
    }

    async fn remove_to_the_end(
        &self,
        subject: &Subject,
        manage: Option<&GrantToken>,
    ) -> Result<PhoneNumber, EnrollError> {
        self.named(Some(subject))?;
        let on_file = self.current_number(subject.user()).await?.ok_or(EnrollError::NoNumber)?;
        let permission = self.may_change(subject, Some(&on_file), &manage.into(), Step::Remove).await?;
        let change = NumberChange::remove(on_file.number.clone());
        // A revocation ends the grant until it is consumed, and the mark from then on.
        let mark = self.mark(subject, &permission).await?;
        let permitted = Permitted { subject, change: &change, permission: &permission, mark: &mark };
        self.change_number(&permitted).await?;
        Ok(on_file.number)
    }
}

impl From<NotChanged> for EnrollError {
    fn from(why: NotChanged) -> Self {
        match why {
            NotChanged::Denied(denied) => Self::Denied(denied),
            NotChanged::Conflict => Self::Conflict,
            NotChanged::Failed(error) | NotChanged::Unknown(error) => error.into(),
        }
    }
}
