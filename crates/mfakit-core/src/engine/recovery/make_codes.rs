//! Makes recovery codes.

use futures_util::future::join_all;

use crate::{
    clock::Timestamp,
    engine::{
        enroll::{EnrollError, Permission, Step},
        mfa::Mfa,
        recovery::{
            closing::Closing,
            kept::{Codes, Kept},
            tag::{Tag, Tags},
        },
        task::Stopped,
    },
    event::{EventContext, EventKind},
    notifier::NoticeKind,
    number_book::NumberOnFile,
    recovery_code::RecoveryCode,
    subject::Subject,
    token::GrantToken,
};

/// Number of codes that are made at once.
const CODES: usize = 10;

/// New recovery codes. This is the only time at which they can be read: show them once, and do not store them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RecoveryCodes {
    /// The codes. Each is good once.
    pub codes: Vec<RecoveryCode>,
    /// Time at which they were made.
    pub made_at: Timestamp,
}

impl Mfa {
    /// Makes ten recovery codes, each of which opens the replacement of a lost number once. All earlier codes end, and so
    /// does whatever they or the app had opened.
    ///
    /// The session needs a grant of [`Scope::MANAGE`](crate::scope::Scope::MANAGE), which is consumed. `manage` is the value
    /// of its cookie. Must be called within a tokio runtime, and runs to completion even if the caller stops waiting.
    ///
    /// ```
    /// # use mfakit_core::{GrantToken, Mfa, Subject};
    /// # async fn example(mfa: Mfa, alice: Subject, manage: GrantToken) -> Result<(), Box<dyn std::error::Error>> {
    /// let made = mfa.make_recovery_codes(&alice, Some(&manage)).await?;
    /// for code in &made.codes {
    ///     println!("{}", code.expose());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the reason why no codes were made. A revocation while the notice is sent ends the grant. After
    /// [`EnrollError::Unavailable`], the earlier codes may have ended all the same.
    pub async fn make_recovery_codes(
        &self,
        subject: &Subject,
        manage: Option<&GrantToken>,
    ) -> Result<RecoveryCodes, EnrollError> {
        let (mfa, subject, manage) = (self.clone(), subject.clone(), manage.cloned());
        let making = async move { mfa.make_codes_to_the_end(&subject, manage.as_ref()).await };
        self.to_the_end(making).await.unwrap_or_else(|stopped| match stopped {
            Stopped::ShutDown => Err(EnrollError::Unavailable),
            Stopped::Panicked(mistake) => Err(mistake.into()),
        })
    }

    async fn make_codes_to_the_end(
        &self,
        subject: &Subject,
        manage: Option<&GrantToken>,
    ) -> Result<RecoveryCodes, EnrollError> {
        self.named(Some(subject))?;
        let _configured = self.recovery_book()?;
        let user = subject.user();
        let on_file = self.current_number(user).await?.ok_or(EnrollError::NoNumber)?;
        // Only a code to the number on file permits this, and no opening: see `recovery_permits`.
        let permission = self.may_change(subject, Some(&on_file), &manage.into(), Step::Remove).await?;
        // A revocation ends the grant until it is consumed, and the mark from then on.
        let mark = self.mark(subject, &permission).await?;
        let notified = self.use_up_and_notify_of_codes(subject, &permission, &on_file).await;
        let is_marked = self.is_marked(user, &mark).await;
        self.remove_mark(user, &mark).await;
        notified?;
        if !is_marked? {
            return Err(self.grant_has_ended(subject).into());
        }
        let codes: Vec<_> = (0..CODES).map(|_| RecoveryCode::random()).collect();
        let made_at = self.try_now()?;
        let left: Vec<_> =
            codes.iter().filter_map(|code| Tags::code(self.keys(), user, code).current()).collect();
        let new =
            Kept { codes: Some(Codes { made_at: made_at.as_millis(), left }), by_code: None, by_app: None };
        let replaced =
            self.rewrite_recovery(user, |kept, _| Some(std::mem::replace(kept, new.clone()).tags()));
        let over = replaced.await?.unwrap_or_default();
        // What the earlier codes or the app have permitted ends as well if it is under way.
        let _reported = self.end_changes(user, Closing::All("new codes")).await;
        self.observe(EventContext::subject(subject), EventKind::RecoveryCodesMade { count: codes.len() });
        self.note_all_over(&over).await;
        Ok(RecoveryCodes { codes, made_at })
    }

    /// Consumes the grant, and notifies the person. This comes before the codes are made, so a held notice leaves the earlier
    /// ones.
    async fn use_up_and_notify_of_codes(
        &self,
        subject: &Subject,
        permission: &Permission,
        on_file: &NumberOnFile,
    ) -> Result<(), EnrollError> {
        self.use_up(subject, permission).await?;
        let about = EventContext::subject(subject);
        let kind = NoticeKind::RecoveryCodesMade;
        Ok(self.notify_of_recovery(about, subject.user(), kind, on_file).await?)
    }

    /// Remembers that several codes and openings are over.
    pub(super) async fn note_all_over(&self, tags: &[Tag]) {
        // The store port reports a failure.
        let _ = join_all(tags.iter().map(|tag| self.note_over(tag))).await;
    }
}

impl Kept {
    /// Returns the codes and the identifiers of the openings.
    pub(super) fn tags(&self) -> Vec<Tag> {
        let codes = self.codes.iter().flat_map(|codes| &codes.left);
        codes.copied().chain(self.openings().map(|opening| opening.id)).collect()
    }
}
