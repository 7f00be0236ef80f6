//! Port to phone numbers that people add and change themselves.

use std::{fmt, sync::Arc};

use async_trait::async_trait;

use crate::{box_error::BoxError, clock::Timestamp, phone::PhoneNumber, subject::UserId};

/// The app's record of phone numbers, with the time at which each was confirmed. It takes the place of a
/// [`Directory`](crate::directory::Directory), and also saves what people add, replace and remove.
///
/// Two columns of the table of users are enough, and both methods are one statement of SQL:
///
/// ```sql
/// ALTER TABLE users ADD COLUMN phone TEXT, ADD COLUMN phone_confirmed_at BIGINT;
///
/// -- number
/// SELECT phone, phone_confirmed_at FROM users WHERE id = $1;
///
/// -- change: $2 is `from`, $3 and $4 are `to`; no row means Changed::Conflict
/// UPDATE users SET phone = $3, phone_confirmed_at = $4 WHERE id = $1 AND phone IS NOT DISTINCT FROM $2;
/// ```
///
/// On SQLite and MySQL, write `phone IS $2` and `phone <=> $2` instead of `IS NOT DISTINCT FROM`.
///
/// ```
/// use async_trait::async_trait;
/// use mfakit_core::{BoxError, Changed, NumberBook, NumberChange, NumberOnFile, PhoneNumber, Timestamp, UserId};
///
/// # struct Pool;
/// # impl Pool {
/// #     async fn select(&self, _: &str, _: i64) -> Result<Option<(String, u64)>, BoxError> { Ok(None) }
/// #     async fn update(&self, _: &str, _: i64, _: Option<&str>, _: Option<&str>, _: Option<u64>) -> Result<u64, BoxError> { Ok(0) }
/// # }
/// # const NUMBER: &str = "";
/// # const CHANGE: &str = "";
/// struct Users {
///     pool: Pool,
/// }
///
/// #[async_trait]
/// impl NumberBook for Users {
///     async fn number(&self, user: &UserId) -> Result<Option<NumberOnFile>, BoxError> {
///         let Some((phone, at)) = self.pool.select(NUMBER, user.parse()?).await? else { return Ok(None) };
///         Ok(Some(NumberOnFile::new(PhoneNumber::new(phone)?, Timestamp::from_millis(at))))
///     }
///
///     async fn change(&self, user: &UserId, change: &NumberChange) -> Result<Changed, BoxError> {
///         let from = change.from().map(PhoneNumber::as_e164);
///         let (to, at) = change.to().map(|to| (to.number.as_e164(), to.confirmed_at.as_millis())).unzip();
///         match self.pool.update(CHANGE, user.parse()?, from, to, at).await? {
///             0 => Ok(Changed::Conflict),
///             _ => Ok(Changed::Done),
///         }
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number book",
    label = "not a number book",
    note = "write `impl NumberBook` for your own type, with `#[async_trait]`; its documentation shows the SQL",
    note = "for tests and examples, pass a `MemoryNumberBook`; to keep access to it, pass a clone"
)]
#[async_trait]
pub trait NumberBook: Send + Sync + 'static {
    /// Returns the number on file and the time at which it was confirmed, or `None` if there is none. It is read at every
    /// start and every verify.
    ///
    /// # Errors
    ///
    /// Returns an error if the number could not be determined. The user is then asked to try again later. An error that
    /// is, or has as its source, an [`InvalidPhoneNumber`](crate::phone::InvalidPhoneNumber) means that the number on
    /// file cannot be read. No code is then sent, and an [event](crate::event::EventKind::NumberUnreadable) gives the
    /// reason. The person cannot change the number until the app has fixed it.
    async fn number(&self, user: &UserId) -> Result<Option<NumberOnFile>, BoxError>;

    /// Replaces the number on file in one atomic step, if it is still [`from`](NumberChange::from). Of all concurrent calls
    /// with the same `from`, at most one is done.
    ///
    /// # Errors
    ///
    /// Returns an error if it is unknown whether the number was changed, and for a user that does not exist.
    async fn change(&self, user: &UserId, change: &NumberChange) -> Result<Changed, BoxError>;
}

/// Phone number on file.
///
/// ```
/// use mfakit_core::{NumberOnFile, PhoneNumber, Timestamp};
///
/// let on_file = NumberOnFile::new(PhoneNumber::new("+19195551234")?, Timestamp::from_millis(1_767_268_800_000));
/// assert_eq!(on_file.number.to_string(), "•••34");
/// # Ok::<(), mfakit_core::error::InvalidPhoneNumber>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NumberOnFile {
    /// The number.
    pub number: PhoneNumber,
    /// Time at which a code to the number was entered. It is the reference for
    /// [`settled`](crate::DeclaredScope::settled) scopes, and for checks whether the number has been assigned to another
    /// person since.
    ///
    /// For a number that was on file before, write the time at which it was last confirmed, or 0.
    pub confirmed_at: Timestamp,
}

impl NumberOnFile {
    /// Creates a number on file.
    #[must_use]
    pub const fn new(number: PhoneNumber, confirmed_at: Timestamp) -> Self {
        Self { number, confirmed_at }
    }
}

/// Change of the number of one user.
///
/// ```
/// use mfakit_core::{NumberChange, NumberOnFile, PhoneNumber, Timestamp};
///
/// let now = Timestamp::from_millis(1_767_268_800_000);
/// let [old, new] = [PhoneNumber::new("+19195551234")?, PhoneNumber::new("+12025550123")?];
/// let change = NumberChange::replace(old.clone(), NumberOnFile::new(new, now));
/// assert_eq!(change.from(), Some(&old));
/// assert_eq!(NumberChange::remove(old).to(), None);
/// # Ok::<(), mfakit_core::error::InvalidPhoneNumber>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberChange {
    from: Option<PhoneNumber>,
    to: Option<NumberOnFile>,
}

impl NumberChange {
    /// Creates the change that adds a number if there is none.
    #[must_use]
    pub const fn add(to: NumberOnFile) -> Self {
        Self { from: None, to: Some(to) }
    }

    /// Creates the change that replaces the number `from`.
    #[must_use]
    pub const fn replace(from: PhoneNumber, to: NumberOnFile) -> Self {
        Self { from: Some(from), to: Some(to) }
    }

    /// Creates the change that removes the number `from`.
    #[must_use]
    pub const fn remove(from: PhoneNumber) -> Self {
        Self { from: Some(from), to: None }
    }

    /// Returns the number that must be on file. `None` if there must be none.
    #[must_use]
    pub const fn from(&self) -> Option<&PhoneNumber> {
        self.from.as_ref()
    }

    /// Returns the number to save. `None` if the number on file is to be removed.
    #[must_use]
    pub const fn to(&self) -> Option<&NumberOnFile> {
        self.to.as_ref()
    }
}

/// Outcome of a change of what a book of the app has on file.
///
/// Exhaustive on purpose: a missed case would report a change that was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Changed {
    /// The change was made.
    Done,
    /// Another change came first. Nothing was changed.
    Conflict,
}

/// A shared number book.
#[async_trait]
impl<B: NumberBook + ?Sized> NumberBook for Arc<B> {
    async fn number(&self, user: &UserId) -> Result<Option<NumberOnFile>, BoxError> {
        (**self).number(user).await
    }

    async fn change(&self, user: &UserId, change: &NumberChange) -> Result<Changed, BoxError> {
        (**self).change(user, change).await
    }
}

/// A number book that is chosen at run time.
#[async_trait]
impl NumberBook for Box<dyn NumberBook> {
    async fn number(&self, user: &UserId) -> Result<Option<NumberOnFile>, BoxError> {
        (**self).number(user).await
    }

    async fn change(&self, user: &UserId, change: &NumberChange) -> Result<Changed, BoxError> {
        (**self).change(user, change).await
    }
}

impl fmt::Debug for dyn NumberBook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NumberBook")
    }
}
