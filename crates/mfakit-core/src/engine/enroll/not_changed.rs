//! Reasons why a change that was permitted was not made.

use crate::engine::{
    backend_error::BackendError,
    enroll::{change_denied::ChangeDenied, may_change::NotPermitted},
};

/// Reason why the number was not changed.
pub(super) enum NotChanged {
    /// The grant or the opening was consumed or revoked in the meantime. Nothing was changed.
    Denied(ChangeDenied),
    /// Another change is being made or was made, or the change was revoked. Nothing was changed.
    Conflict,
    /// Something failed before anything was changed.
    Failed(BackendError),
    /// The book failed, so it is unknown whether the number was changed.
    Unknown(BackendError),
}

impl From<BackendError> for NotChanged {
    fn from(error: BackendError) -> Self {
        Self::Failed(error)
    }
}

impl From<NotPermitted> for NotChanged {
    fn from(why: NotPermitted) -> Self {
        match why {
            NotPermitted::Denied(denied) => Self::Denied(denied),
            NotPermitted::Failed(error) => Self::Failed(error),
        }
    }
}
