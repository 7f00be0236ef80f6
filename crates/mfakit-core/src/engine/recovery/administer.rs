//! Recovery by the app: support staff open the replacement of a lost number.

use crate::{
    clock::Timestamp,
    engine::{
        backend_error::BackendError,
        enroll::Mark,
        mfa::Mfa,
        misconfigured::Misconfigured,
        recovery::{
            closing::Closing,
            opening::Opening,
            situation::{RecoveryOpening, RecoveryStatus},
            tag::{Tag, Tags},
        },
    },
    event::{EventContext, EventKind},
    notifier::NoticeKind,
    number_book::{Changed, NumberOnFile},
    subject::UserId,
};

/// Recovery of users by the app, made by [`Mfa::recovery`].
///
/// A person who has neither the phone nor a recovery code asks the app's support. After its own checks of who they are,
/// support calls [`allow`](Self::allow). The replacement opens after
/// [`Policy::recovery_wait`](crate::policy::Policy::recovery_wait), because the person who asked may be a thief, and the owner, who
/// receives a notice, needs time to object. Until the number is replaced, each of these ends it:
/// [`revoke`](Self::revoke), [`forget`](Self::forget), a code to the number on file that is entered in any session, a change of the
/// number, new recovery codes, and [`Mfa::revoke_user`].
///
/// ```
/// use mfakit_core::{BackendError, Mfa, UserId};
///
/// async fn lost_phone(mfa: &Mfa, alice: &UserId) -> Result<(), BackendError> {
///     match mfa.recovery().allow(alice).await? {
///         Some(opening) => println!("alice can replace the number from {}", opening.from),
///         None => println!("alice has no number, and adds one after a fresh sign-in"),
///     }
///     Ok(())
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Recovery<'a> {
    mfa: &'a Mfa,
}

impl Mfa {
    /// Returns what support staff need to help a person who lost the phone. Requires a
    /// [recovery book](crate::engine::MfaBuilder::recovery): without one, every method returns an error.
    #[must_use]
    pub const fn recovery(&self) -> Recovery<'_> {
        Recovery { mfa: self }
    }
}

impl Recovery<'_> {
    /// Allows the user to replace the number on file without a code to it, after
    /// [`Policy::recovery_wait`](crate::policy::Policy::recovery_wait) and for
    /// [`Policy::recovery_window`](crate::policy::Policy::recovery_window). The person needs a fresh sign-in and the code to the
    /// new number. Returns `None` if no number is on file: there is nothing to replace then.
    ///
    /// A second call while the first one lasts changes nothing, sends no notice, and returns the same times. This and the other
    /// methods must be called within a tokio runtime, and run to completion even if the caller stops waiting.
    ///
    /// # Errors
    ///
    /// After an error, this call opens nothing, even if the notice was sent. If the store and the recovery book both failed, other instances
    /// than this one may open it until one of them works again: call [`revoke`](Self::revoke) if it should not.
    ///
    /// | error | cause |
    /// |---|---|
    /// | [`BackendError::Notifier`] | the notifier failed, and the app [holds](crate::notifier::OnNoticeError::Hold) what has no notice |
    /// | [`BackendError::Store`] | the store failed |
    /// | [`BackendError::Directory`] | the number book or the recovery book failed; the recovery was revoked, or the owner entered a code, before this call ended; or the text in the recovery book cannot be read. Its `source()` says which |
    /// | [`BackendError::Misconfigured`] | there is no recovery book, or a function of the app panicked |
    pub async fn allow(&self, user: &UserId) -> Result<Option<RecoveryOpening>, BackendError> {
        let (mfa, user) = (self.mfa.clone(), user.clone());
        let allowing = async move { mfa.allow_recovery(&user).await };
        self.mfa.to_the_end(allowing).await.unwrap_or_else(|stopped| Err(stopped.into()))
    }

    /// Ends what [`allow`](Self::allow) or a recovery code has opened, and a replacement that it has permitted if its notice is
    /// still being sent. The recovery codes that are left stay. Returns whether anything was open or about to open, and true if
    /// the text in the recovery book cannot be read: nothing in it is open from now on.
    ///
    /// # Errors
    ///
    /// Returns an error if the store or the recovery book failed. This instance opens nothing from then on, and neither do the
    /// others if the book alone failed, because the store notes it. Otherwise, they may until the store or the book works again.
    /// Call it again until it returns no error.
    pub async fn revoke(&self, user: &UserId) -> Result<bool, BackendError> {
        let (mfa, user) = (self.mfa.clone(), user.clone());
        let revoking = async move { mfa.close_for_app(&user).await };
        self.mfa.to_the_end(revoking).await.unwrap_or_else(|stopped| Err(stopped.into()))
    }

    /// Ends all recovery codes of the user and what they or the app has opened, and removes the text from the recovery book:
    /// because the codes were stolen, or because the account is closed. A replacement that they permitted ends as well if its
    /// notice is still being sent.
    ///
    /// # Errors
    ///
    /// Returns an error if the store or the recovery book failed. The codes may then still be good, so call it again. What they or
    /// the app has opened ends, as in [`revoke`](Self::revoke).
    pub async fn forget(&self, user: &UserId) -> Result<(), BackendError> {
        let (mfa, user) = (self.mfa.clone(), user.clone());
        let forgetting = async move { mfa.forget_recovery(&user).await };
        self.mfa.to_the_end(forgetting).await.unwrap_or_else(|stopped| Err(stopped.into()))
    }

    /// Returns the recovery codes that are left, and the times between which the app allows a replacement.
    ///
    /// # Errors
    ///
    /// Returns an error if the store or a book failed.
    pub async fn status(&self, user: &UserId) -> Result<RecoveryStatus, BackendError> {
        let on_file = self.mfa.current_number(user).await?;
        let read = self.mfa.read_recovery(user).await?;
        self.mfa.recovery_status_of(user, on_file.as_ref(), &read.kept, self.mfa.try_now()?).await
    }
}

impl Mfa {
    async fn allow_recovery(&self, user: &UserId) -> Result<Option<RecoveryOpening>, BackendError> {
        let _configured = self.recovery_book()?;
        let Some(on_file) = self.current_number(user).await? else { return Ok(None) };
        // This comes before the book is read, so that a revocation from then on ends it.
        let mark = self.mark_of_app(user).await?;
        let allowed = self.allow_marked(user, &on_file, &mark).await;
        self.remove_mark(user, &mark).await;
        allowed.map(Some)
    }

    async fn allow_marked(
        &self,
        user: &UserId,
        on_file: &NumberOnFile,
        mark: &Mark,
    ) -> Result<RecoveryOpening, BackendError> {
        self.close_noted(user, None).await?;
        let now = self.try_now()?;
        let read = self.read_recovery(user).await?;
        if !read.is_readable {
            return Err(unreadable());
        }
        let over = match self.allowed(on_file, &read.kept, now) {
            // A book that was set back has openings that are over.
            Some(opening) if self.is_over(&opening.id).await? => Some(opening.id),
            Some(earlier) => return Ok(earlier.span()),
            None => None,
        };
        // This comes first, so that nothing opens without a notice if the app holds changes.
        let about = EventContext::user(user);
        self.notify_of_recovery(about, user, NoticeKind::RecoveryAllowed, on_file).await?;
        self.open_by_app(user, on_file, over, now, mark).await
    }

    /// Writes the opening, unless it was revoked in the meantime.
    async fn open_by_app(
        &self,
        user: &UserId,
        on_file: &NumberOnFile,
        over: Option<Tag>,
        now: Timestamp,
        mark: &Mark,
    ) -> Result<RecoveryOpening, BackendError> {
        let opening = self.opening_by_app(on_file)?;
        let (mut earlier, mut can_read) = (None, true);
        let written = self.rewrite_recovery(user, |kept, is_readable| {
            can_read = is_readable;
            if !is_readable {
                return None;
            }
            let valid = self.allowed(on_file, kept, now).filter(|opening| Some(opening.id) != over);
            earlier = valid.map(Opening::span);
            earlier.is_none().then(|| kept.by_app = Some(opening.clone()))
        });
        let failed = match written.await {
            Ok(None) => return earlier.filter(|_| can_read).ok_or_else(unreadable),
            // A revocation that does not find the opening in the book finds the mark.
            Ok(Some(())) => match self.is_marked(user, mark).await {
                Ok(true) => None,
                Ok(false) => Some(revoked_meanwhile()),
                Err(error) => Some(error),
            },
            // The book may have written it, or may do so later.
            Err(error) => Some(error),
        };
        if let Some(failed) = failed {
            self.end_opening(user, &opening.id).await;
            return Err(failed);
        }
        let span = opening.span();
        self.observe(
            EventContext::user(user),
            EventKind::RecoveryAllowed { from: span.from, until: span.until },
        );
        Ok(span)
    }

    fn opening_by_app(&self, on_file: &NumberOnFile) -> Result<Opening, Misconfigured> {
        let (now, policy) = (self.try_now()?, &self.inner.policy.recovery);
        let from = now.plus(policy.wait);
        let number = Tags::number(self.keys(), on_file).current();
        let mistake = || self.misconfigured(Misconfigured::new("a phone number could not be hashed"));
        Ok(Opening {
            id: Tag::random(),
            made_at: now.as_millis(),
            from: from.as_millis(),
            until: from.plus(policy.window).as_millis(),
            number: number.ok_or_else(mistake)?,
            login: None,
            token: None,
            code: None,
        })
    }

    async fn forget_recovery(&self, user: &UserId) -> Result<(), BackendError> {
        let all = Closing::All("forgotten");
        // What is being made while the book is slow must not come after this call.
        let ended_before = self.end_changes(user, all).await;
        let forgotten = self.remove_recovery(user).await;
        if forgotten.is_err() {
            // The caller receives the error of the book, whether or not the store notes it.
            let _ = self.note_or_owe(user, all).await;
        }
        // This comes last: a change leaves its mark before it consumes its opening.
        let ended = self.end_changes(user, all).await;
        forgotten.and(ended_before.and(ended).map(drop))
    }

    async fn remove_recovery(&self, user: &UserId) -> Result<(), BackendError> {
        for _ in 0..Self::recovery_tries() {
            let read = self.read_recovery(user).await?;
            let Some(record) = &read.record else { return Ok(()) };
            match self.recovery_book()?.replace(user, Some(record), None).await? {
                Changed::Conflict => {}
                Changed::Done => {
                    self.note_all_over(&read.kept.tags()).await;
                    let forgotten = EventKind::RecoveryRevoked { why: "forgotten" };
                    self.observe(EventContext::user(user), forgotten);
                    return Ok(());
                }
            }
        }
        Err(self.too_many_conflicts(user))
    }
}

/// Returns the error for an opening that was revoked while it was made.
fn revoked_meanwhile() -> BackendError {
    const WHY: &str =
        "the recovery was revoked, or the owner entered a code, while it was being allowed: nothing is open";
    BackendError::Directory(WHY.into())
}

/// Returns the error for a text that cannot be read here. It stays, because it may have recovery codes.
fn unreadable() -> BackendError {
    const WHY: &str = "the text of this user in the recovery book cannot be read with the secrets of this instance: add the \
        secret that it was written with to the builder, or call recovery().forget(&user), which ends the recovery codes in it";
    BackendError::Directory(WHY.into())
}
