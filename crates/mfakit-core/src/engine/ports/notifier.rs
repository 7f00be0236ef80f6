//! The notifier.

use crate::{
    box_error::BoxError,
    engine::{backend_error::BackendError, ports::observer::ObserverPort, reason::Ended, spans},
    event::{EventContext, EventKind, with_causes},
    guarded_call::{NoAnswer, guarded_call},
    notifier::{Notice, Notifier, OnNoticeError},
};

/// Notifier and its setting, as the app passed them.
pub(crate) type SetNotifier = (Box<dyn Notifier>, OnNoticeError);

/// The notifier of the engine, and the app's setting for its failure.
pub(crate) struct NotifierPort {
    notifier: Box<dyn Notifier>,
    on_error: OnNoticeError,
    observer: ObserverPort,
}

impl NotifierPort {
    pub(crate) fn new((notifier, on_error): SetNotifier, observer: ObserverPort) -> Self {
        Self { notifier, on_error, observer }
    }

    /// Sends a notice. An error means that the change must not be made: the notifier failed, and the app holds changes
    /// without a notice, or it panicked.
    pub(crate) async fn notify(&self, about: EventContext<'_>, notice: Notice) -> Result<(), BackendError> {
        let kind = notice.kind.as_str();
        // The app's code also writes the text of an error, so the text is composed inside the guarded call.
        let described =
            async { self.notifier.notify(notice).await.map_err(|error| (with_causes(&*error), error)) };
        let (text, error) = match spans::within(spans::notifier(kind), guarded_call(described), ended).await {
            Ok(Ok(())) => {
                self.observer.observe(about, EventKind::NoticeSent { notice: kind });
                return Ok(());
            }
            Ok(Err(described)) => described,
            Err(NoAnswer::TimedOut) => (NoAnswer::TimedOut.to_string(), NoAnswer::TimedOut.into()),
            Err(NoAnswer::Panicked) => return Err(self.observer.panicked("notifier").into()),
        };
        let held = self.on_error == OnNoticeError::Hold;
        self.observer.observe(about, EventKind::NoticeFailed { notice: kind, held, error: &text });
        if held { Err(BackendError::Notifier(error)) } else { Ok(()) }
    }
}

/// Returns the outcome of a call, for its span.
fn ended(answer: &Result<Result<(), (String, BoxError)>, NoAnswer>) -> Ended {
    match answer {
        Ok(Ok(())) => Ended::well("ok"),
        Ok(Err(_)) => Ended::failed("error"),
        Err(no_answer) => Ended::failed(no_answer.label()),
    }
}
