//! Confirms a number by the code that was sent to it, and saves it.
//!
//! The steps, and the state that a crash after each step leaves:
//!
//! | step | after a crash |
//! |---|---|
//! | 1. The session may change the number | nothing has happened |
//! | 2. The code is verified, which makes a grant of `mfakit.enroll` | the same code, entered again, goes on with step 3 |
//! | 3. The change leaves its mark, which a revocation removes | the same |
//! | 4. That grant is consumed: one of all requests with this code goes on | the number has to be entered again |
//! | 5. With a notifier, the changes of the user are claimed: one of all changes goes on | no other change is made for two minutes |
//! | 6. The grant of `mfakit.manage` is consumed, or else the recovery, if a number is on file: one of all replacements goes on | the same, and both codes have to be entered again, or another recovery code |
//! | 7. The person is notified | the same, after a notice |
//! | 8. All grants, challenges and kept actions of the user end | the same |
//! | 9. The book replaces the number, if it is still the earlier one | the new number is on file; a grant that was made between steps 8 and 9 lives until it expires |
//! | 10. All grants, challenges and kept actions end once more | only the event is missing |
//! | 11. The completions of the earlier number are forgotten, and an event reports the change | – |
//!
//! So a failure never loses the number on file, and never leaves a grant from before step 8 beside a new number.

use crate::{
    approval::ApprovalId,
    challenge_ref::ChallengeRef,
    clock::Timestamp,
    code::Code,
    decision::{Question, judge},
    engine::{
        enroll::{
            change::Permitted,
            change_denied::ChangeDenied,
            confirm_error::ConfirmNumberError,
            may_change::{NotPermitted, Step},
            not_changed::NotChanged,
            proposed::Proposed,
        },
        mfa::Mfa,
        reason::Ended,
        spans,
        task::Stopped,
        verified::Verified,
        verify_error::VerifyError,
    },
    event::{EventContext, EventKind},
    number_book::{NumberChange, NumberOnFile},
    number_tokens::NumberTokens,
    phone::PhoneNumber,
    requirement::Requirement,
    scope::Scope,
    store::{ConsumeOutcome, Key},
    subject::Subject,
};

/// Number that was confirmed and saved.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConfirmedNumber {
    /// The number. `Display` shows the last two digits only.
    pub number: PhoneNumber,
    /// Time of the confirmation.
    pub confirmed_at: Timestamp,
    /// The number that it replaced. `None` if it is the first.
    pub replaced: Option<PhoneNumber>,
    /// The page that the user requested, signed.
    pub return_to: Option<String>,
}

impl Mfa {
    /// Checks the code that was sent to a new number. The right code saves the number, and ends all grants and challenges of
    /// the user.
    ///
    /// `challenge` is what [`start`](Self::start) returned for the approval of
    /// [`propose_number`](Self::propose_number), and `tokens` are the values of the cookies: that of the grant of
    /// [`Scope::MANAGE`], or that of what a [recovery code](Self::use_recovery_code) opened. What permits the change is consumed,
    /// so a second change requires another code to the number on file.
    ///
    /// The attempt counts as in [`verify`](Self::verify). Of all concurrent calls, at most one changes the number. Must be
    /// called within a tokio runtime, and runs to completion even if the caller stops waiting.
    ///
    /// # Errors
    ///
    /// Returns the reason why the number was not saved. The number on file is then as before, unless the number book failed
    /// while it saved the new one: see [`ConfirmNumberError::Verify`].
    pub async fn confirm_number(
        &self,
        subject: &Subject,
        challenge: impl Into<ChallengeRef>,
        code: &Code,
        tokens: impl Into<NumberTokens>,
    ) -> Result<ConfirmedNumber, ConfirmNumberError> {
        let span = spans::verify(Some(&Scope::ENROLL));
        spans::within(span, self.confirmed(subject, challenge.into(), code, tokens.into()), ended).await
    }

    async fn confirmed(
        &self,
        subject: &Subject,
        challenge: ChallengeRef,
        code: &Code,
        tokens: NumberTokens,
    ) -> Result<ConfirmedNumber, ConfirmNumberError> {
        if code.digits() != usize::from(self.inner.policy.code_digits) {
            return Err(VerifyError::MalformedCode.into());
        }
        let (mfa, subject, code) = (self.clone(), subject.clone(), code.clone());
        let ceremony = async move {
            let confirmed = mfa.confirm_to_the_end(&subject, &challenge, &code, &tokens).await;
            if let Some(why) = confirmed.as_ref().err().and_then(why) {
                let about = EventContext::subject(&subject)
                    .challenge(&challenge.id)
                    .approval_id(challenge.approval.as_ref());
                mfa.observe(about, EventKind::NumberChangeRejected { why });
            }
            confirmed
        };
        self.to_the_end(ceremony).await.unwrap_or_else(|stopped| match stopped {
            Stopped::ShutDown => Err(VerifyError::Unavailable.into()),
            Stopped::Panicked(mistake) => Err(mistake.into()),
        })
    }

    async fn confirm_to_the_end(
        &self,
        subject: &Subject,
        challenge: &ChallengeRef,
        code: &Code,
        tokens: &NumberTokens,
    ) -> Result<ConfirmedNumber, ConfirmNumberError> {
        self.named(Some(subject))?;
        let on_file = self.current_number(subject.user()).await?;
        // This comes before the code is compared, so a session that may not change the number learns nothing about it.
        let _ = self.may_change(subject, on_file.as_ref(), tokens, Step::Confirm).await?;
        let verified = self.verify_to_the_end(subject, &Scope::ENROLL, challenge, code).await?;
        // The provider may have taken long, so the grant is judged again.
        let permission = self.may_change(subject, on_file.as_ref(), tokens, Step::Confirm).await?;
        // A revocation ends the proposal until it is taken, and the mark from then on.
        let mark = self.mark(subject, &permission).await?;
        let taken = self.take_proposal(subject, challenge.approval.as_ref(), &verified).await;
        let proposed = match taken {
            Ok(proposed) if proposed.is_from(self.keys(), on_file.as_ref()) => proposed,
            other => {
                self.remove_mark(subject.user(), &mark).await;
                return Err(other.err().unwrap_or(ConfirmNumberError::Conflict));
            }
        };
        let to = NumberOnFile::new(proposed.number, self.try_now()?);
        let replaced = on_file.map(|on_file| on_file.number);
        let change = match &replaced {
            Some(from) => NumberChange::replace(from.clone(), to.clone()),
            None => NumberChange::add(to.clone()),
        };
        let permitted = Permitted { subject, change: &change, permission: &permission, mark: &mark };
        self.change_number(&permitted).await?;
        let NumberOnFile { number, confirmed_at } = to;
        Ok(ConfirmedNumber { number, confirmed_at, replaced, return_to: verified.return_to })
    }

    /// Reads the number that the code was for, and consumes its grant. Exactly one of all concurrent calls succeeds.
    async fn take_proposal(
        &self,
        subject: &Subject,
        approval: Option<&ApprovalId>,
        verified: &Verified,
    ) -> Result<Proposed, ConfirmNumberError> {
        let id = approval.ok_or(VerifyError::ChallengeOver)?;
        let place = Key::unbound(subject.user(), subject.login(), &Scope::ENROLL);
        let key = Key { approval: Some(id), ..place };
        let kept = self.inner.store.actions(key, self.try_now()?).await?;
        let action = kept.into_iter().find(|action| key.keeps(action)).ok_or(VerifyError::ChallengeOver)?;
        let proposed = self.proposed(subject.user(), &action).ok_or(VerifyError::Unavailable)?;
        let grants = self.inner.store.bound_grants(place).await?;
        let record = grants.of_approval(id).ok_or(VerifyError::ChallengeOver)?;
        let question = Question {
            subject,
            requirement: &Requirement::new(Scope::ENROLL),
            max_age: self.declared(&Scope::ENROLL)?.grant_lifetime(),
            approval: Some(id),
            token: verified.token.as_ref(),
            now: self.try_now()?,
            clock_skew: self.inner.policy.clock_skew,
        };
        // The grant has expired, or belongs to another challenge for the same number.
        let _terms = judge(record, &question).map_err(|_| VerifyError::ChallengeOver)?;
        match self.inner.store.consume(key, record, question.now).await? {
            ConsumeOutcome::Consumed => {
                let about = EventContext::subject(subject).scope(&Scope::ENROLL).approval(&action.approval);
                self.observe(about, EventKind::Consumed);
                Ok(proposed)
            }
            ConsumeOutcome::Gone => Err(VerifyError::ChallengeOver.into()),
        }
    }
}

impl From<NotPermitted> for ConfirmNumberError {
    fn from(why: NotPermitted) -> Self {
        match why {
            NotPermitted::Denied(denied) => Self::Denied(denied),
            NotPermitted::Failed(error) => error.into(),
        }
    }
}

impl From<NotChanged> for ConfirmNumberError {
    fn from(why: NotChanged) -> Self {
        match why {
            NotChanged::Denied(denied) => Self::Denied(denied),
            NotChanged::Conflict => Self::Conflict,
            NotChanged::Failed(error) | NotChanged::Unknown(error) => error.into(),
        }
    }
}

/// Returns the reason for the log. `None` for an attempt, which has an event of its own.
fn why(error: &ConfirmNumberError) -> Option<&'static str> {
    match error {
        ConfirmNumberError::Denied(why) => Some(why.as_str()),
        ConfirmNumberError::Conflict => Some("conflict"),
        ConfirmNumberError::Verify(_) => None,
    }
}

/// Returns the outcome of a confirmation, for its span.
fn ended(confirmed: &Result<ConfirmedNumber, ConfirmNumberError>) -> Ended {
    match confirmed {
        Ok(_) => Ended::well("approved"),
        Err(ConfirmNumberError::Verify(error)) => Ended::verify::<()>(&Err(error.clone())),
        Err(ConfirmNumberError::Denied(ChangeDenied::StepUpRequired(_))) => Ended::well("step_up_required"),
        Err(ConfirmNumberError::Denied(ChangeDenied::SignInTooOld { .. })) => Ended::well("sign_in_too_old"),
        Err(ConfirmNumberError::Conflict) => Ended::well("conflict"),
    }
}
