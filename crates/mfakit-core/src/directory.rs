//! The port to the app's own record of telephone numbers.

use std::{error::Error, fmt};

use async_trait::async_trait;

use crate::{PhoneNumber, UserId};

/// An error of the app's own.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// Whoever knows the confirmed telephone number of a user: the app. Asked at every start and every verify,
/// so that a number that has changed ends what was sent to the old one [BIND-3].
///
/// An async function or closure from [`UserId`] to `Result<Option<PhoneNumber>, _>` is one.
#[async_trait]
pub trait Directory: Send + Sync + 'static {
    /// The number on file, or `None` where there is none.
    ///
    /// # Errors
    ///
    /// Where it could not be found out; the person is then asked to try later.
    async fn number(&self, user: &UserId) -> Result<Option<PhoneNumber>, BoxError>;
}

#[async_trait]
impl<F, Fut, E> Directory for F
where
    F: Fn(UserId) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Option<PhoneNumber>, E>> + Send,
    E: Into<BoxError>,
{
    async fn number(&self, user: &UserId) -> Result<Option<PhoneNumber>, BoxError> {
        self(user.clone()).await.map_err(Into::into)
    }
}

impl fmt::Debug for dyn Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Directory")
    }
}
