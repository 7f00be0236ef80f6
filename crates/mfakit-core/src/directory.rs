//! Port to the phone numbers of the app's users.

use std::{any::type_name, fmt, marker::PhantomData, str::FromStr, sync::Arc};

use async_trait::async_trait;

use crate::{phone::PhoneNumber, region::Region, subject::UserId};

pub use crate::box_error::BoxError;

/// The app's record of the confirmed phone number of each user. It is read at every start and every verify,
/// so that a changed number ends the challenges that were sent to the old one [BIND-3].
///
/// An async function from [`UserId`] to a [number on file](IntoNumberOnFile) is a directory:
///
/// ```
/// use mfakit_core::{BoxError, MfaBuilder, UserId};
///
/// # async fn column(user: i64) -> Result<Option<String>, std::io::Error> { Ok(None) }
/// async fn phone_book(user: UserId) -> Result<Option<String>, BoxError> {
///     Ok(column(user.parse()?).await?)
/// }
///
/// fn with_phones(builder: MfaBuilder) -> MfaBuilder {
///     builder.directory(phone_book).default_region("US")
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
    note = "a directory is an async function or closure: `async |user: UserId| -> Result<Option<String>, E>`",
    note = "to pass it a connection pool, write `.directory_with(pool, async |pool, user: UserId| …)`; for your own type, \
            write `impl Directory`"
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

    /// Returns the number on file, read with the default region if the directory returns text.
    #[doc(hidden)]
    async fn number_in(
        &self,
        user: &UserId,
        default_region: Option<Region>,
    ) -> Result<Option<PhoneNumber>, BoxError> {
        let _ = default_region;
        self.number(user).await
    }
}

/// Number on file, as an async function of the directory returns it: an `Option` of text or of a [`PhoneNumber`], or a
/// `Result` of one.
///
/// Text is read by [`PhoneNumber::parse`] if the builder has a
/// [`default_region`](crate::engine::MfaBuilder::default_region). Otherwise it must be in E.164 form. Text that is not a
/// number counts as a missing number, and an [event](crate::event::EventKind::NumberUnreadable) gives the reason without
/// a digit.
///
/// This trait is sealed.
///
/// ```
/// use mfakit_core::{MfaBuilder, UserId};
///
/// fn with_phones(builder: MfaBuilder) -> MfaBuilder {
///     builder.directory(async |user: UserId| (user.as_str() == "alice").then(|| "+12025550123".to_owned()))
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number on file",
    label = "not a number on file",
    note = "return an `Option<String>`, an `Option<PhoneNumber>`, or a `Result` of one",
    note = "the error of a `Result` must convert to `BoxError`, as every `std::error::Error + Send + Sync` does"
)]
pub trait IntoNumberOnFile: Send {
    #[doc(hidden)]
    fn into_number(self, default_region: Option<Region>, seal: Seal)
    -> Result<Option<PhoneNumber>, BoxError>;
}

/// Argument that other crates cannot name, which seals [`IntoNumberOnFile`].
#[derive(Clone, Copy, Debug)]
pub struct Seal;

impl IntoNumberOnFile for Option<PhoneNumber> {
    fn into_number(self, _: Option<Region>, _: Seal) -> Result<Option<PhoneNumber>, BoxError> {
        Ok(self)
    }
}

impl IntoNumberOnFile for Option<String> {
    fn into_number(self, default_region: Option<Region>, _: Seal) -> Result<Option<PhoneNumber>, BoxError> {
        let read = |text: String| match default_region {
            Some(region) => PhoneNumber::parse(&text, region.as_str()),
            None => PhoneNumber::new(text),
        };
        Ok(self.map(read).transpose()?)
    }
}

impl<N: IntoNumberOnFile, E: Into<BoxError> + Send> IntoNumberOnFile for Result<N, E> {
    fn into_number(
        self,
        default_region: Option<Region>,
        seal: Seal,
    ) -> Result<Option<PhoneNumber>, BoxError> {
        self.map_err(Into::into)?.into_number(default_region, seal)
    }
}

/// An async function or closure. An async closure that captures something implements only `AsyncFn`, whose future
/// stable Rust cannot require to be `Send`, and `FnOnce`. So each call consumes a clone.
#[async_trait]
impl<F, Fut, N> Directory for F
where
    F: FnOnce(UserId) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = N> + Send,
    N: IntoNumberOnFile,
{
    async fn number(&self, user: &UserId) -> Result<Option<PhoneNumber>, BoxError> {
        self.number_in(user, None).await
    }

    async fn number_in(
        &self,
        user: &UserId,
        default_region: Option<Region>,
    ) -> Result<Option<PhoneNumber>, BoxError> {
        self.clone()(user.clone()).await.into_number(default_region, Seal)
    }
}

/// A shared directory.
#[async_trait]
impl<D: Directory + ?Sized> Directory for Arc<D> {
    async fn number(&self, user: &UserId) -> Result<Option<PhoneNumber>, BoxError> {
        (**self).number(user).await
    }

    async fn number_in(
        &self,
        user: &UserId,
        default_region: Option<Region>,
    ) -> Result<Option<PhoneNumber>, BoxError> {
        (**self).number_in(user, default_region).await
    }
}

/// A directory that is chosen at run time.
#[async_trait]
impl Directory for Box<dyn Directory> {
    async fn number(&self, user: &UserId) -> Result<Option<PhoneNumber>, BoxError> {
        (**self).number(user).await
    }

    async fn number_in(
        &self,
        user: &UserId,
        default_region: Option<Region>,
    ) -> Result<Option<PhoneNumber>, BoxError> {
        (**self).number_in(user, default_region).await
    }
}

/// Directory of [`MfaBuilder::directory_with`](crate::engine::MfaBuilder::directory_with): a function, and the state
/// that it takes.
pub(crate) struct WithState<S, F, I> {
    state: S,
    function: F,
    id: PhantomData<fn() -> I>,
}

impl<S, F, I> WithState<S, F, I> {
    pub(crate) const fn new(state: S, function: F) -> Self {
        Self { state, function, id: PhantomData }
    }
}

#[async_trait]
impl<S, F, I, Fut, N> Directory for WithState<S, F, I>
where
    S: Clone + Send + Sync + 'static,
    F: Fn(S, I) -> Fut + Send + Sync + 'static,
    I: FromStr + Send + 'static,
    I::Err: Into<BoxError>,
    Fut: Future<Output = N> + Send,
    N: IntoNumberOnFile,
{
    async fn number(&self, user: &UserId) -> Result<Option<PhoneNumber>, BoxError> {
        self.number_in(user, None).await
    }

    async fn number_in(
        &self,
        user: &UserId,
        default_region: Option<Region>,
    ) -> Result<Option<PhoneNumber>, BoxError> {
        let number = match user.parse::<I>() {
            Ok(id) => (self.function)(self.state.clone(), id),
            Err(error) => return Err(other_id::<I>(&error.into())),
        };
        number.await.into_number(default_region, Seal)
    }
}

/// Returns the error for a user ID that is not one of the directory.
fn other_id<I>(error: &BoxError) -> BoxError {
    let expected = type_name::<I>();
    format!("the UserId of the identify function is not the {expected} that the directory takes: {error}")
        .into()
}

impl fmt::Debug for dyn Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Directory")
    }
}
