//! Uses a recovery code.
//!
//! | step | after a crash |
//! |---|---|
//! | 1. A number is on file, the user is not locked, and the sign-in is fresh | nothing has happened |
//! | 2. The attempt is counted | the same, and one attempt fewer |
//! | 3. The recovery book replaces the text by one without the code and with an opening: one of all requests with this code goes on | the session may replace the number, for ten minutes |
//! | 4. The store remembers that the code is over | the same |
//! | 5. The person is notified. If the app holds changes without a notice and it fails, the opening ends | the same, without a notice of the code. The replacement has a notice of its own |

use std::{net::IpAddr, time::Duration};

use crate::{
    engine::{
        backend_error::BackendError,
        enroll::{NotPermitted, Step},
        mfa::Mfa,
        misconfigured::Misconfigured,
        recovery::{
            error::RecoverError,
            kept::Kept,
            opening::Opening,
            tag::{Tag, Tags},
        },
        task::Stopped,
    },
    event::{EventContext, EventKind},
    key_ring::Purpose,
    lock::Lock,
    notifier::NoticeKind,
    number_book::{Changed, NumberOnFile},
    recovery_code::RecoveryCode,
    subject::{Recognition, Subject},
    token::GrantToken,
};

/// Time for which a recovery code opens the replacement of the number. It is long enough to enter the new number and its code.
pub(super) const OPEN_FOR: Duration = Duration::from_secs(10 * 60);

/// Replacement of the number that a recovery code has opened.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Recovered {
    /// Value of the cookie of this browser, without which the session may not replace the number:
    /// [`NumberTokens::recovery`](crate::NumberTokens). `None` if the user was recognized by a bearer token, which needs no cookie.
    pub token: Option<GrantToken>,
    /// Time for which this session and browser may replace the number.
    pub may_replace_for: Duration,
    /// Number of recovery codes that are left.
    pub codes_left: usize,
}

/// Step of an attempt.
enum Looked {
    /// The code is one that is left.
    Found(Tag, Option<GrantToken>, Box<Kept>),
    /// This session has used the code a moment ago.
    Repeated(Recovered),
}

impl Mfa {
    /// Uses a recovery code. It opens the replacement of the number on file, for this session, this browser and ten minutes:
    /// [`propose_number`](Self::propose_number), [`start`](Self::start) and [`confirm_number`](Self::confirm_number) then
    /// need no grant of [`Scope::MANAGE`](crate::scope::Scope::MANAGE). The code to the new number is still required, and the
    /// change consumes the opening. It opens nothing else, and sends nothing. The browser shows that it is the same one by a
    /// cookie with [`Recovered::token`], so a session that was stolen cannot use what its owner has opened.
    ///
    /// The person must have [signed in](Subject::with_signed_in_at) a moment ago. `text` is read by
    /// [`RecoveryCode::parse`], and the attempt is counted before the code is compared. `address` is that of the request. Without
    /// the builder's [`client_address`](crate::engine::MfaBuilder::client_address), it is ignored. Of all concurrent calls
    /// with the same code, one session succeeds. That session may repeat the call while the opening lasts.
    ///
    /// Must be called within a tokio runtime, and runs to completion even if the caller stops waiting.
    ///
    /// ```
    /// # use mfakit_core::{Mfa, Subject};
    /// # async fn example(mfa: Mfa, alice: Subject) -> Result<(), Box<dyn std::error::Error>> {
    /// let recovered = mfa.use_recovery_code(&alice, "7k3m 9qxt 0vwz 4hbn", None).await?;
    /// println!("{} codes are left", recovered.codes_left);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the reason why the code opened nothing.
    pub async fn use_recovery_code(
        &self,
        subject: &Subject,
        text: &str,
        address: Option<IpAddr>,
    ) -> Result<Recovered, RecoverError> {
        let code = RecoveryCode::parse(text).map_err(|_| RecoverError::Malformed);
        let (mfa, subject) = (self.clone(), subject.clone());
        let using = async move {
            let used = match code {
                Ok(code) => mfa.use_code_to_the_end(&subject, &code, address).await,
                Err(malformed) => mfa.may_recover(&subject, address).await.and(Err(malformed)),
            };
            // A malformed text is compared with nothing. Any number of them can be sent, so they make no events.
            if let Some(why) = used.as_ref().err().and_then(RecoverError::why) {
                let about = EventContext::subject(&subject).address(address);
                mfa.observe(about, EventKind::RecoveryCodeRejected { why });
            }
            used
        };
        self.to_the_end(using).await.unwrap_or_else(|stopped| match stopped {
            Stopped::ShutDown => Err(RecoverError::Unavailable),
            Stopped::Panicked(mistake) => Err(mistake.into()),
        })
    }

    /// Returns the number on file, if the session may use a recovery code.
    async fn may_recover(
        &self,
        subject: &Subject,
        address: Option<IpAddr>,
    ) -> Result<NumberOnFile, RecoverError> {
        self.named(Some(subject))?;
        if self.client_address().is_some() && address.is_none() {
            return Err(self.misconfigured(Misconfigured::no_address()).into());
        }
        let _configured = self.recovery_book()?;
        let on_file = self.current_number(subject.user()).await?.ok_or(RecoverError::NoNumber)?;
        // What a code opens ends before a lock does, so the code would be lost.
        let lock = self.inner.store.user_state(subject.user(), self.try_now()?).await?.lock;
        if lock != Lock::Unlocked {
            return Err(RecoverError::Locked { retry_after: lock.retry_after(self.try_now()?) });
        }
        self.signed_in_recently(subject, Step::Enter, self.try_now()?)?;
        Ok(on_file)
    }

    async fn use_code_to_the_end(
        &self,
        subject: &Subject,
        code: &RecoveryCode,
        address: Option<IpAddr>,
    ) -> Result<Recovered, RecoverError> {
        let on_file = self.may_recover(subject, address).await?;
        let user = subject.user();
        if let Some(retry_at) = self.count_recovery(user, address).await? {
            let retry_after = retry_at.since(self.try_now()?);
            return Err(RecoverError::TooManyAttempts { retry_after });
        }
        self.close_noted(user, Some(subject.login())).await?;
        let tags = Tags::code(self.keys(), user, code);
        for _ in 0..Self::recovery_tries() {
            let read = self.read_recovery(user).await?;
            let (tag, token, kept) = match self.look_for(subject, &on_file, (code, &tags), &read.kept).await?
            {
                Looked::Found(tag, token, kept) => (tag, token, kept),
                Looked::Repeated(recovered) => return Ok(recovered),
            };
            match self.write_recovery(user, &read, &kept).await? {
                Changed::Conflict => {}
                Changed::Done => {
                    let left = kept.codes.as_ref().map_or(0, |codes| codes.left.len());
                    self.observe(EventContext::subject(subject), EventKind::RecoveryCodeUsed { left });
                    // A session has one opening by a code, and the earlier one of any session gives way.
                    let earlier = read.kept.by_code.as_ref().map(|earlier| earlier.id);
                    self.note_all_over(&[Some(tag), earlier].into_iter().flatten().collect::<Vec<_>>()).await;
                    self.notify_of_code(subject, &on_file, &kept).await?;
                    return Ok(Recovered { token, may_replace_for: OPEN_FOR, codes_left: left });
                }
            }
        }
        Err(self.too_many_conflicts(user).into())
    }

    /// Sends the notice that a code was used. If the app holds changes without a notice, what the code opened ends.
    async fn notify_of_code(
        &self,
        subject: &Subject,
        on_file: &NumberOnFile,
        kept: &Kept,
    ) -> Result<(), BackendError> {
        let (about, user) = (EventContext::subject(subject), subject.user());
        let sent = self.notify_of_recovery(about, user, NoticeKind::RecoveryCodeUsed, on_file).await;
        if let (Err(_), Some(opened)) = (&sent, &kept.by_code) {
            self.end_opening(user, &opened.id).await;
        }
        sent
    }

    /// Compares a code with those that are left. Returns what to keep if it is one of them.
    async fn look_for(
        &self,
        subject: &Subject,
        on_file: &NumberOnFile,
        (code, tags): (&RecoveryCode, &Tags),
        kept: &Kept,
    ) -> Result<Looked, RecoverError> {
        let left = kept.codes.as_ref().map(|codes| codes.left.as_slice()).unwrap_or_default();
        // All are compared, so that the time says nothing about the position.
        let found = left.iter().fold(None, |found, tag| if tags.has(tag) { Some(*tag) } else { found });
        let Some(tag) = found else {
            let recovered = self.repeated_code(subject, on_file, (code, tags), kept).await?;
            return recovered.map(Looked::Repeated).ok_or(RecoverError::Rejected);
        };
        if self.is_over(&tag).await? {
            return Err(RecoverError::Rejected);
        }
        let mut kept = kept.clone();
        if let Some(codes) = &mut kept.codes {
            codes.left.retain(|other| *other != tag);
        }
        let (opening, token) = self.opening_by_code(subject, on_file, (code, tag))?;
        kept.by_code = Some(opening);
        Ok(Looked::Found(tag, token, Box::new(kept)))
    }

    /// Returns what the code has opened in this session a moment ago, with the same token as then, because the browser may have
    /// lost the answer.
    async fn repeated_code(
        &self,
        subject: &Subject,
        on_file: &NumberOnFile,
        (code, tags): (&RecoveryCode, &Tags),
        kept: &Kept,
    ) -> Result<Option<Recovered>, RecoverError> {
        let (now, skew) = (self.try_now()?, self.inner.policy.clock_skew);
        let (number, login) = (Tags::number(self.keys(), on_file), Tags::login(self.keys(), subject.login()));
        let Some(opening) = kept.by_code.as_ref().filter(|opening| {
            let is_of_code = opening.code.as_ref().is_some_and(|tag| tags.has(tag));
            is_of_code && opening.is_open(&number, now, skew) && opening.is_of(&login)
        }) else {
            return Ok(None);
        };
        let token = match (&opening.token, subject.recognition()) {
            (Some(kept), Recognition::Cookie) => {
                let mut tokens = self.recovery_tokens(subject, code, &opening.id).into_iter();
                match tokens.find(|token| Tags::token(self.keys(), token).has(kept)) {
                    Some(token) => Some(token),
                    None => return Ok(None),
                }
            }
            (None, Recognition::Bearer) => None,
            (Some(_), Recognition::Bearer) | (None, Recognition::Cookie) => return Ok(None),
        };
        if self.opening_has_ended(subject.user(), Some(subject.login()), opening).await? {
            return Ok(None);
        }
        let codes_left = kept.codes.as_ref().map_or(0, |codes| codes.left.len());
        Ok(Some(Recovered { token, may_replace_for: opening.until().since(now), codes_left }))
    }

    /// Derives the token of an opening, with each secret in the ring, the current one first. Only a holder of the code and of a
    /// secret can derive it.
    fn recovery_tokens(&self, subject: &Subject, code: &RecoveryCode, opening: &Tag) -> Vec<GrantToken> {
        let parts: [&[u8]; 3] = [subject.user().as_str().as_bytes(), opening.as_bytes(), code.as_bytes()];
        self.keys().hashes(Purpose::RecoveryToken, &parts).into_iter().map(GrantToken::from_bytes).collect()
    }

    /// Creates the opening by a code, and the token of the browser if it needs one.
    fn opening_by_code(
        &self,
        subject: &Subject,
        on_file: &NumberOnFile,
        (code, tag): (&RecoveryCode, Tag),
    ) -> Result<(Opening, Option<GrantToken>), RecoverError> {
        let (now, id, keys) = (self.try_now()?, Tag::random(), self.keys());
        let token = match subject.recognition() {
            Recognition::Cookie => self.recovery_tokens(subject, code, &id).into_iter().next(),
            Recognition::Bearer => None,
        };
        let number = Tags::number(keys, on_file).current();
        let login = Tags::login(keys, subject.login()).current();
        // A session without a hash would be any session.
        let (Some(number), Some(login)) = (number, login) else { return Err(RecoverError::Unavailable) };
        let opening = Opening {
            id,
            made_at: now.as_millis(),
            from: now.as_millis(),
            until: now.plus(OPEN_FOR).as_millis(),
            number,
            login: Some(login),
            token: token.as_ref().and_then(|token| Tags::token(keys, token).current()),
            code: Some(tag),
        };
        Ok((opening, token))
    }
}

impl RecoverError {
    /// Returns the reason for the log. `None` for a malformed text, and for a failure, which has an event of its own.
    const fn why(&self) -> Option<&'static str> {
        match self {
            Self::Denied(why) => Some(why.as_str()),
            Self::NoNumber => Some("no number"),
            Self::Rejected => Some("not a code that is left"),
            Self::TooManyAttempts { .. } => Some("limit reached"),
            Self::Locked { .. } => Some("locked"),
            Self::Malformed | Self::Unavailable | Self::Misconfigured(_) => None,
        }
    }
}

impl From<NotPermitted> for RecoverError {
    fn from(why: NotPermitted) -> Self {
        match why {
            NotPermitted::Denied(denied) => Self::Denied(denied),
            NotPermitted::Failed(error) => error.into(),
        }
    }
}
