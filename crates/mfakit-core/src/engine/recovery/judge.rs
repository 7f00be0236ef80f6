//! Decides whether a session may replace the number because recovery is open, and consumes the opening.

use crate::{
    clock::Timestamp,
    engine::{
        backend_error::BackendError,
        enroll::{NotPermitted, Step},
        mfa::Mfa,
        recovery::{
            kept::{Kept, Permitted},
            opening::{Asker, Opening},
            tag::Tags,
        },
    },
    event::{EventContext, EventKind},
    number_book::NumberOnFile,
    number_tokens::NumberTokens,
    subject::{Subject, UserId},
};

impl Mfa {
    /// Returns the opening that permits this session to replace the number, if there is one. Consumes nothing.
    pub(in crate::engine) async fn recovery_permits(
        &self,
        subject: &Subject,
        tokens: &NumberTokens,
        on_file: &NumberOnFile,
        step: Step,
    ) -> Result<Option<Permitted>, NotPermitted> {
        if self.inner.recovery.is_none() || step == Step::Remove {
            return Ok(None);
        }
        let kept = self.read_recovery(subject.user()).await?.kept;
        let open = self.open_to(subject, tokens, on_file, &kept, step).await?;
        Ok(open.map(|opening| Permitted(opening.id)))
    }

    /// Consumes an opening. Returns true for exactly one of all concurrent calls.
    pub(in crate::engine) async fn use_up_recovery(
        &self,
        subject: &Subject,
        Permitted(id): &Permitted,
    ) -> Result<bool, BackendError> {
        let user = subject.user();
        let taken = self.rewrite_recovery(user, |kept, _| {
            let ids: Vec<_> = kept.openings().map(|opening| opening.id).collect();
            let is_of_session = kept.openings().find(|opening| opening.id == *id)?.login.is_some();
            kept.close();
            Some((ids, is_of_session))
        });
        let Some((ids, is_of_session)) = taken.await? else { return Ok(false) };
        self.note_all_over(&ids).await;
        // The owner may have shown the phone since the opening was judged, while the book did not answer.
        if self.is_noted(user, None).await?
            || is_of_session && self.is_noted(user, Some(subject.login())).await?
        {
            return Ok(false);
        }
        self.observe(EventContext::subject(subject), EventKind::RecoveryConsumed);
        Ok(true)
    }

    /// Returns the opening that is open to this session and browser. The one by a recovery code comes first. One that is over
    /// does not hide the other.
    pub(super) async fn open_to<'a>(
        &self,
        subject: &Subject,
        tokens: &NumberTokens,
        on_file: &NumberOnFile,
        kept: &'a Kept,
        step: Step,
    ) -> Result<Option<&'a Opening>, NotPermitted> {
        let now = self.try_now()?;
        let (number, asker) = (Tags::number(self.keys(), on_file), self.asker(subject, tokens));
        for opening in kept.openings() {
            if !opening.is_open(&number, now, self.inner.policy.clock_skew) || !opening.is_for(&asker) {
                continue;
            }
            if opening.login.is_none() {
                match self.signed_in_recently(subject, step, now) {
                    Ok(()) => {}
                    Err(NotPermitted::Denied(_)) => continue,
                    Err(failed) => return Err(failed),
                }
            }
            if !self.opening_has_ended(subject.user(), Some(subject.login()), opening).await? {
                return Ok(Some(opening));
            }
        }
        Ok(None)
    }

    fn asker(&self, subject: &Subject, tokens: &NumberTokens) -> Asker {
        Asker {
            login: Tags::login(self.keys(), subject.login()),
            recognition: subject.recognition(),
            token: tokens.recovery.as_ref().map(|token| Tags::token(self.keys(), token)),
        }
    }

    /// Returns the opening by the app, if it is about this number and has not ended.
    pub(super) fn allowed<'a>(
        &self,
        on_file: &NumberOnFile,
        kept: &'a Kept,
        now: Timestamp,
    ) -> Option<&'a Opening> {
        let (number, skew) = (Tags::number(self.keys(), on_file), self.inner.policy.clock_skew);
        kept.by_app.as_ref().filter(|opening| opening.is_alive(&number, now, skew))
    }

    /// Returns the text of a user, for the state of the number. Empty without a recovery book.
    pub(super) async fn recovery_of(&self, user: &UserId) -> Result<Option<Kept>, BackendError> {
        match self.inner.recovery {
            Some(_) => self.read_recovery(user).await.map(|read| Some(read.kept)),
            None => Ok(None),
        }
    }
}
