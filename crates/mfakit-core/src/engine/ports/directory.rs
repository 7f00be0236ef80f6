//! The directory.

use crate::{
    directory::Directory,
    engine::{backend_error::BackendError, ports::observer::ObserverPort},
    event::{EventContext, EventKind, with_causes},
    guarded_call::{NoAnswer, guarded_call},
    phone::{InvalidPhoneNumber, PhoneNumber},
    region::Region,
    subject::UserId,
};

/// The directory of the engine.
pub(crate) struct DirectoryPort {
    directory: Box<dyn Directory>,
    default_region: Option<Region>,
    observer: ObserverPort,
}

impl DirectoryPort {
    pub(crate) fn new(
        directory: Box<dyn Directory>,
        default_region: Option<Region>,
        observer: ObserverPort,
    ) -> Self {
        Self { directory, default_region, observer }
    }

    /// Returns the number on file. A number that cannot be read counts as missing, and an event gives the reason.
    pub(crate) async fn number(&self, user: &UserId) -> Result<Option<PhoneNumber>, BackendError> {
        // The app's code also writes the text of an error, so the text is composed inside the guarded call.
        let described = async {
            self.directory.number_in(user, self.default_region).await.map_err(|error| {
                let is_unreadable = InvalidPhoneNumber::is_behind(&error);
                (is_unreadable, with_causes(&*error), error)
            })
        };
        let (text, error) = match guarded_call(described).await {
            Ok(Ok(number)) => return Ok(number),
            Ok(Err((true, text, _))) => {
                let unreadable = EventKind::NumberUnreadable { error: &text };
                self.observer.observe(EventContext::user(user), unreadable);
                return Ok(None);
            }
            Ok(Err((false, text, error))) => (text, error),
            Err(NoAnswer::TimedOut) => (NoAnswer::TimedOut.to_string(), NoAnswer::TimedOut.into()),
            Err(NoAnswer::Panicked) => return Err(self.observer.panicked("directory").into()),
        };
        let failed = EventKind::AppFailed { function: "directory", error: &text };
        self.observer.observe(EventContext::user(user), failed);
        Err(BackendError::Directory(error))
    }
}
