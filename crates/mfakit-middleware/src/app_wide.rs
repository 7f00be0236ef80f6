//! Settings of an adapter's app-wide part.

use std::any::Any;

use mfakit_core::Mfa;

use crate::rejection::OnRejection;

/// Settings of an adapter's app-wide part. All its requests share them, so a request holds one pointer to everything that
/// it needs of the app.
///
/// An adapter adds what it needs itself, such as the identify function, and gets it back with
/// [`Admission::app`](crate::admission::Admission::app).
pub(crate) trait AppWide: Any + Send + Sync {
    /// Returns the engine.
    fn mfa(&self) -> &Mfa;

    /// Returns the app's function that shapes rejections, if it has one.
    fn on_rejection(&self) -> Option<&OnRejection>;

    /// Returns whether the app-wide part answers the routes itself.
    fn answers_routes(&self) -> bool {
        false
    }
}

/// Settings of an adapter that keeps everything else itself.
pub(crate) struct Bare {
    pub(crate) mfa: Mfa,
    pub(crate) on_rejection: Option<OnRejection>,
}

impl AppWide for Bare {
    fn mfa(&self) -> &Mfa {
        &self.mfa
    }

    fn on_rejection(&self) -> Option<&OnRejection> {
        self.on_rejection.as_ref()
    }
}
