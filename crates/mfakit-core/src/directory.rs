//! Port to the phone numbers of the app's users.

use std::fmt;

use async_trait::async_trait;

use crate::{phone::PhoneNumber, subject::UserId};

pub use crate::box_error::BoxError;

/// The app's record of the confirmed phone number of each user. It is read at every start and every verify,
/// so that a changed number ends the challenges that were sent to the old one [BIND-3].
///
/// You can implement this trait outside this crate, with the crate `async-trait`. It is also implemented for async
/// functions and closures from [`UserId`] to `Result<Option<PhoneNumber>, _>`. If your app does not store numbers in E.164 form, read them with
/// [`PhoneNumber::parse`] and pass on its error with `?`:
///
/// ```
/// use mfakit_core::{BoxError, PhoneNumber, UserId};
///
/// # async fn column(user: &UserId) -> Result<Option<String>, std::io::Error> { Ok(None) }
/// async fn phone_book(user: UserId) -> Result<Option<PhoneNumber>, BoxError> {
///     let stored = column(&user).await?;
///     Ok(stored.map(|text| PhoneNumber::parse(&text, "US")).transpose()?)
/// }
/// ```
///
/// A directory that holds a connection pool is a struct:
///
/// ```
/// use async_trait::async_trait;
/// use mfakit_core::{BoxError, Directory, PhoneNumber, UserId};
///
/// # struct Pool;
/// # impl Pool { async fn phone(&self, user: &str) -> Result<Option<String>, std::io::Error> { Ok(None) } }
/// struct Accounts {
///     pool: Pool,
/// }
///
/// #[async_trait]
/// impl Directory for Accounts {
///     async fn number(&self, user: &UserId) -> Result<Option<PhoneNumber>, BoxError> {
///         let stored = self.pool.phone(user.as_str()).await?;
///         Ok(stored.map(PhoneNumber::new).transpose()?)
///     }
/// }
/// ```
#[async_trait]
pub trait Directory: Send + Sync + 'static {
    /// Returns the number on file, or `None` if there is none.
    ///
    /// # Errors
    ///
    /// Returns an error if the number could not be determined. The user is then asked to try again later. An error that
    /// is, or has as its source, an [`InvalidPhoneNumber`](crate::phone::InvalidPhoneNumber) means that the number on
    /// file cannot be read. The user then counts as having no number, and an
    /// [event](crate::event::EventKind::NumberUnreadable) gives the reason.
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
