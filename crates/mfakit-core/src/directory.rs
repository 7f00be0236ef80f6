//! Port to the phone numbers of the app's users.

use std::{fmt, sync::Arc};

use async_trait::async_trait;

use crate::{phone::PhoneNumber, subject::UserId};

pub use crate::box_error::BoxError;

/// The app's record of the confirmed phone number of each user. It is read at every start and every verify,
/// so that a changed number ends the challenges that were sent to the old one [BIND-3].
///
/// An async function from [`UserId`] to `Result<Option<PhoneNumber>, E>` is a directory. `E` is any error. If your app
/// does not store numbers in E.164 form, read them with [`PhoneNumber::parse`] and pass on its error with `?`:
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
/// An async closure that captures a connection pool is a directory as well. It must implement `Clone`, because every
/// call uses a clone of it. A closure implements `Clone` if everything that it captures does, as a pool or an `Arc`
/// does. [`MfaBuilder::directory_with`](crate::engine::MfaBuilder::directory_with) passes the pool to a function
/// instead.
///
/// ```
/// use mfakit_core::{MfaBuilder, PhoneNumber, UserId};
///
/// # #[derive(Clone)] struct Pool;
/// # impl Pool {
/// #     async fn phone(&self, user: &UserId) -> Result<Option<PhoneNumber>, std::io::Error> { Ok(None) }
/// # }
/// fn with_phones(builder: MfaBuilder, pool: Pool) -> MfaBuilder {
///     builder.directory(async move |user| pool.phone(&user).await)
/// }
/// ```
///
/// Your own type can implement this trait, with the crate `async-trait`:
///
/// ```
/// use async_trait::async_trait;
/// use mfakit_core::{BoxError, Directory, PhoneNumber, UserId};
///
/// # struct Pool;
/// # impl Pool { async fn phone(&self, user: i64) -> Result<Option<String>, std::io::Error> { Ok(None) } }
/// struct Accounts {
///     pool: Pool,
/// }
///
/// #[async_trait]
/// impl Directory for Accounts {
///     async fn number(&self, user: &UserId) -> Result<Option<PhoneNumber>, BoxError> {
///         let stored = self.pool.phone(user.parse()?).await?;
///         Ok(stored.map(PhoneNumber::new).transpose()?)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a directory of phone numbers",
    label = "not a directory",
    note = "a directory is an async function or closure: `async |user: UserId| -> Result<Option<PhoneNumber>, E>`",
    note = "to pass it a connection pool, write `.directory_with(pool, async |pool, user| …)`; for your own type, write \
            `impl Directory`"
)]
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

/// An async function or closure. An async closure that captures something implements only `AsyncFn`, whose future
/// stable Rust cannot require to be `Send`, and `FnOnce`. So each call consumes a clone.
#[async_trait]
impl<F, Fut, E> Directory for F
where
    F: FnOnce(UserId) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<Option<PhoneNumber>, E>> + Send,
    E: Into<BoxError>,
{
    async fn number(&self, user: &UserId) -> Result<Option<PhoneNumber>, BoxError> {
        self.clone()(user.clone()).await.map_err(Into::into)
    }
}

/// A shared directory.
#[async_trait]
impl<D: Directory + ?Sized> Directory for Arc<D> {
    async fn number(&self, user: &UserId) -> Result<Option<PhoneNumber>, BoxError> {
        (**self).number(user).await
    }
}

/// A directory that is chosen at run time.
#[async_trait]
impl Directory for Box<dyn Directory> {
    async fn number(&self, user: &UserId) -> Result<Option<PhoneNumber>, BoxError> {
        (**self).number(user).await
    }
}

/// Directory of [`MfaBuilder::directory_with`](crate::engine::MfaBuilder::directory_with): a function and the state
/// that it takes.
pub(crate) struct WithState<S, F> {
    pub(crate) state: S,
    pub(crate) function: F,
}

#[async_trait]
impl<S, F, Fut, E> Directory for WithState<S, F>
where
    S: Clone + Send + Sync + 'static,
    F: Fn(S, UserId) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Option<PhoneNumber>, E>> + Send,
    E: Into<BoxError>,
{
    async fn number(&self, user: &UserId) -> Result<Option<PhoneNumber>, BoxError> {
        (self.function)(self.state.clone(), user.clone()).await.map_err(Into::into)
    }
}

impl fmt::Debug for dyn Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Directory")
    }
}
