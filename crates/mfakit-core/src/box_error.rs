//! Errors of the app.

use std::error::Error;

/// Error of the app, of any type.
pub type BoxError = Box<dyn Error + Send + Sync>;
