//! Notifies a person, in the request that makes a change [ENROL-2].
//!
//! 1. The caller has consumed what permits the change, and a change of the number has claimed it. So of all concurrent
//!    requests, one sends a notice, and a request without a code sends none.
//! 2. The change comes after the notice, so that an app can hold it if the notice fails.

use crate::{
    engine::{backend_error::BackendError, mfa::Mfa},
    event::EventContext,
    notifier::{Notice, NoticeKind},
    number_book::{NumberChange, NumberOnFile},
    sent_text::notice::with_text,
    subject::UserId,
};

impl Mfa {
    /// Sends a notice in every language of the app, if the app set a notifier. An error means that the change must not be
    /// made.
    pub(super) async fn notify(&self, about: EventContext<'_>, notice: Notice) -> Result<(), BackendError> {
        let Some(notifier) = &self.inner.notifier else { return Ok(()) };
        let app = self.inner.site.name();
        let languages = std::iter::once(&self.inner.messages).chain(&self.inner.translations);
        let notice = languages.fold(notice, |notice, messages| with_text(notice, app, messages));
        notifier.notify(about, notice).await
    }

    /// Sends the notice about a change of the number.
    pub(super) async fn notify_of_change(
        &self,
        about: EventContext<'_>,
        user: &UserId,
        change: &NumberChange,
    ) -> Result<(), BackendError> {
        let kind = match (change.from(), change.to()) {
            (None, Some(_)) => NoticeKind::NumberAdded,
            (Some(_), Some(_)) => NoticeKind::NumberReplaced,
            (Some(_), None) => NoticeKind::NumberRemoved,
            (None, None) => return Ok(()),
        };
        let notice = Notice::new(user.clone(), kind, self.try_now()?)
            .with_on_file(change.from().cloned())
            .with_new_number(change.to().map(|to| to.number.clone()));
        self.notify(about, notice).await
    }

    /// Sends the notice about recovery, which names no number. A text message goes to the number on file.
    pub(super) async fn notify_of_recovery(
        &self,
        about: EventContext<'_>,
        user: &UserId,
        kind: NoticeKind,
        on_file: &NumberOnFile,
    ) -> Result<(), BackendError> {
        let notice = Notice::new(user.clone(), kind, self.try_now()?).with_on_file(on_file.number.clone());
        self.notify(about, notice).await
    }
}
