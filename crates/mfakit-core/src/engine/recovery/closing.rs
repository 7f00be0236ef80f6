//! Ends openings without waiting for the recovery book: by a code to the number on file, and by a revocation.
//!
//! 1. The book has a second to answer. If it takes longer or fails, it is called again in the background, for at most half a
//!    minute.
//! 2. If it has not answered within that second, or if its text cannot be read here, the store *notes* that the openings are to
//!    be closed. A noted opening opens nothing at any instance, for longer than it could last. The note is a budget of one, which
//!    is exhausted.
//! 3. The note is removed once the book has closed the openings: before a new opening is made, or in the background, which
//!    stops if the note is gone. They are closed once more after that, because another note may have found this one in its place.
//! 4. If the store fails as well, an event reports it, a revocation returns the error, and the closing is *owed*: see `owed`.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};
use tracing::Instrument;

use crate::{
    clock::Timestamp,
    engine::{
        backend_error::BackendError,
        mfa::Mfa,
        recovery::{
            close::Closed,
            opening::Opening,
            over::{LIMITS, number},
        },
        withdraw::{LONGEST, WAITS},
    },
    event::{EventContext, EventKind},
    key_ring::Purpose,
    store::{Budget, BudgetChange, BudgetReservation, ReserveBudget},
    subject::{LoginId, UserId},
    token::ChallengeId,
};

/// Time that the recovery book has before the caller stops waiting for it.
const ANSWERS_WITHIN: Duration = Duration::from_secs(1);

/// Openings that end.
#[derive(Clone, Copy, Debug)]
pub(super) enum Closing {
    /// All of the user, for this reason.
    All(&'static str),
    /// The one of a session.
    Session(LoginId),
}

impl Closing {
    pub(super) const fn login(&self) -> Option<&LoginId> {
        match self {
            Self::All(_) => None,
            Self::Session(login) => Some(login),
        }
    }
}

impl Mfa {
    /// Ends openings, in the book or at least in the store. Must be called within a tokio runtime.
    pub(super) async fn close_soon(&self, user: &UserId, closing: Closing) -> Result<(), BackendError> {
        let (mfa, owner) = (self.clone(), user.clone());
        let first = async move { mfa.closes(&owner, closing).await };
        let mut first = tokio::spawn(first.in_current_span());
        let answer = timeout(ANSWERS_WITHIN, &mut first).await;
        if matches!(answer, Ok(Ok(Ok(true)))) {
            return Ok(());
        }
        self.note_or_owe(user, closing).await?;
        let pending = match answer {
            // A text that cannot be read stays so.
            Ok(Ok(Ok(_))) => return Ok(()),
            Ok(_) => None,
            Err(_) => Some(first),
        };
        let (mfa, user) = (self.clone(), user.clone());
        let again = async move { mfa.close_later(&user, closing, pending).await };
        drop(tokio::spawn(timeout(LONGEST, again).in_current_span()));
        Ok(())
    }

    /// Ends the changes under way that openings have permitted. If the store fails, this process remembers it. Must be called
    /// within a tokio runtime. Returns whether there may have been any.
    pub(super) async fn end_changes(&self, user: &UserId, closing: Closing) -> Result<bool, BackendError> {
        let ended = self.end_recovering_changes(user, closing.login()).await;
        if ended.is_err() {
            self.owe(user, closing);
        }
        ended
    }

    /// Notes in the store that openings are to be closed, because the book did not close them. If the store fails as well, this
    /// process remembers it. Must be called within a tokio runtime.
    pub(super) async fn note_or_owe(&self, user: &UserId, closing: Closing) -> Result<(), BackendError> {
        let noted = self.note_closing(user, closing.login()).await;
        let kind = EventKind::RecoveryRevocationPending { noted: noted.is_ok() };
        self.observe(EventContext::user(user), kind);
        if noted.is_err() {
            self.owe(user, closing);
        }
        noted
    }

    /// Ends what is noted to be closed, before a new opening is made.
    pub(super) async fn close_noted(
        &self,
        user: &UserId,
        login: Option<&LoginId>,
    ) -> Result<(), BackendError> {
        let session = login.map(|login| Closing::Session(*login));
        for closing in [Some(Closing::All("revoked")), session].into_iter().flatten() {
            // A text that cannot be read here has no code and no opening that this instance could use.
            if self.is_noted(user, closing.login()).await? && self.closes(user, closing).await? {
                self.remove_note(user, closing).await?;
            }
        }
        Ok(())
    }

    /// Returns whether an opening was consumed or ended, even if the book still has it. `login` is the session that asks.
    pub(super) async fn opening_has_ended(
        &self,
        user: &UserId,
        login: Option<&LoginId>,
        opening: &Opening,
    ) -> Result<bool, BackendError> {
        Ok(self.is_over(&opening.id).await?
            || self.is_noted(user, None).await?
            || opening.login.is_some() && login.is_some() && self.is_noted(user, login).await?)
    }

    /// Returns whether the openings of a user, or of a session, are noted to be closed.
    pub(super) async fn is_noted(
        &self,
        user: &UserId,
        login: Option<&LoginId>,
    ) -> Result<bool, BackendError> {
        if self.inner.owed.has(user, login) {
            return Ok(true);
        }
        let now = self.try_now()?;
        let names = self.names_of_note(user, login);
        let answers = join_all(names.iter().map(|name| self.inner.store.exhausted_until(name, LIMITS, now)));
        let answers: Vec<Option<Timestamp>> = answers.await.into_iter().collect::<Result<_, _>>()?;
        Ok(answers.into_iter().any(|until| until.is_some()))
    }

    /// Closes openings in the background, after a first call that failed or that has not answered yet.
    async fn close_later(
        &self,
        user: &UserId,
        closing: Closing,
        first: Option<JoinHandle<Result<bool, BackendError>>>,
    ) {
        let mut closed = match first {
            Some(first) => first.await.ok().and_then(Result::ok),
            None => None,
        };
        for wait in WAITS {
            if closed.is_some() {
                break;
            }
            sleep(Duration::from_secs(wait)).await;
            // A new opening that came first has ended the earlier ones.
            match self.is_noted(user, closing.login()).await {
                Ok(true) => closed = self.closes(user, closing).await.ok(),
                Ok(false) => return,
                Err(_) => {}
            }
        }
        if closed == Some(true) && matches!(self.is_noted(user, closing.login()).await, Ok(true)) {
            // The store port reports a failure. The note then stays until the next opening.
            let _ = self.remove_note(user, closing).await;
        }
    }

    /// Ends openings in the book. Returns false if its text cannot be read here.
    pub(super) async fn closes(&self, user: &UserId, closing: Closing) -> Result<bool, BackendError> {
        let closed = match closing {
            Closing::All(why) => self.close_recovery(user, why).await?,
            Closing::Session(login) => self.close_session(user, &login).await?,
        };
        Ok(closed != Closed::Unreadable)
    }

    async fn remove_note(&self, user: &UserId, closing: Closing) -> Result<(), BackendError> {
        self.inner.owed.settle(user, closing.login());
        let released = self.release_note(user, closing.login()).await;
        let closed = self.closes(user, closing).await;
        if closed.is_err() {
            self.note_or_owe(user, closing).await?;
        }
        released.and(closed.map(drop))
    }

    async fn release_note(&self, user: &UserId, login: Option<&LoginId>) -> Result<(), BackendError> {
        for name in self.names_of_note(user, login) {
            let id = ChallengeId::from_bytes(number(&name));
            let release = BudgetChange::Release { challenge: &id };
            self.inner.store.settle_budget(&name, release, self.try_now()?).await?;
        }
        Ok(())
    }

    /// Notes in the store that openings are to be closed.
    pub(super) async fn note_closing(
        &self,
        user: &UserId,
        login: Option<&LoginId>,
    ) -> Result<(), BackendError> {
        // Under every secret, because an instance may not have the current one yet.
        for name in self.names_of_note(user, login) {
            let hash = number(&name);
            let id = ChallengeId::from_bytes(hash);
            let now = self.try_now()?;
            let request = ReserveBudget { budget: &name, challenge: &id, number: &hash, limits: LIMITS, now };
            match self.inner.store.reserve_budget(request).await? {
                BudgetReservation::Reserved { .. } | BudgetReservation::Exhausted { .. } => {}
            }
        }
        Ok(())
    }

    fn names_of_note(&self, user: &UserId, login: Option<&LoginId>) -> Vec<Budget> {
        let session = login.map_or(&[][..], |login| login.as_bytes());
        let parts: [&[u8]; 3] = [b"recovery closing", user.as_str().as_bytes(), session];
        self.keys().hashes(Purpose::Budget, &parts).into_iter().map(Budget::Number).collect()
    }
}
