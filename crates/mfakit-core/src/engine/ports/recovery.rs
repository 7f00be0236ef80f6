//! The recovery book of the app.

use crate::{
    box_error::BoxError,
    engine::{backend_error::BackendError, ports::observer::ObserverPort},
    event::{EventContext, EventKind, with_causes},
    guarded_call::{NoAnswer, guarded_call},
    number_book::Changed,
    recovery_book::{RecoveryBook, RecoveryRecord},
    subject::UserId,
};

/// Name of the function of the app in events.
const NAME: &str = "recovery book";

/// The recovery book of the app.
pub(crate) struct RecoveryPort {
    book: Box<dyn RecoveryBook>,
    observer: ObserverPort,
}

impl RecoveryPort {
    pub(crate) fn new(book: Box<dyn RecoveryBook>, observer: ObserverPort) -> Self {
        Self { book, observer }
    }

    /// Returns the text of a user.
    pub(crate) async fn read(&self, user: &UserId) -> Result<Option<RecoveryRecord>, BackendError> {
        self.called(user, self.book.read(user)).await
    }

    /// Replaces the text of a user. After an error, it is unknown whether it was replaced.
    pub(crate) async fn replace(
        &self,
        user: &UserId,
        from: Option<&RecoveryRecord>,
        to: Option<&RecoveryRecord>,
    ) -> Result<Changed, BackendError> {
        self.called(user, self.book.replace(user, from, to)).await
    }

    /// Calls a function of the app. The app's code also writes the text of an error, so the text is composed inside the
    /// guarded call.
    async fn called<T>(
        &self,
        user: &UserId,
        call: impl Future<Output = Result<T, BoxError>>,
    ) -> Result<T, BackendError> {
        let described = async { call.await.map_err(|error| (with_causes(&*error), error)) };
        match guarded_call(described).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err((text, error))) => Err(self.failed(user, &text, error)),
            Err(NoAnswer::TimedOut) => {
                Err(self.failed(user, &NoAnswer::TimedOut.to_string(), NoAnswer::TimedOut.into()))
            }
            Err(NoAnswer::Panicked) => Err(self.observer.panicked(NAME).into()),
        }
    }

    fn failed(&self, user: &UserId, text: &str, error: BoxError) -> BackendError {
        let failed = EventKind::AppFailed { function: NAME, error: text };
        self.observer.observe(EventContext::user(user), failed);
        BackendError::Directory(error)
    }
}
