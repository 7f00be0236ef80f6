//! Port to the recovery codes of people who lose their phone.

use std::{fmt, sync::Arc};

use async_trait::async_trait;

use crate::{box_error::BoxError, number_book::Changed, redacted::Redacted, subject::UserId};

/// The app's record of one text for each user, in which the engine keeps recovery codes and the permission to recover.
///
/// The text is opaque: encrypted and authenticated with the builder's secret, for this user. A dump of the table shows no
/// code, and a text that is changed, or copied to another user, opens nothing. One column of the table of users is enough,
/// and both methods are one statement of SQL:
///
/// ```sql
/// ALTER TABLE users ADD COLUMN recovery TEXT;
///
/// -- read
/// SELECT recovery FROM users WHERE id = $1;
///
/// -- replace: $2 is `from`, $3 is `to`; no row means Changed::Conflict
/// UPDATE users SET recovery = $3 WHERE id = $1 AND recovery IS NOT DISTINCT FROM $2;
/// ```
///
/// On SQLite and MySQL, write `recovery IS $2` and `recovery <=> $2` instead of `IS NOT DISTINCT FROM`. The text has at
/// most [`RecoveryRecord::MAX_LEN`] characters, all of them ASCII. Compare it byte by byte: on MySQL, give the column the
/// collation `ascii_bin`.
///
/// ```
/// use async_trait::async_trait;
/// use mfakit_core::{BoxError, Changed, RecoveryBook, RecoveryRecord, UserId};
///
/// # struct Pool;
/// # impl Pool {
/// #     async fn select(&self, _: &str, _: i64) -> Result<Option<String>, BoxError> { Ok(None) }
/// #     async fn update(&self, _: &str, _: i64, _: Option<&str>, _: Option<&str>) -> Result<u64, BoxError> { Ok(0) }
/// # }
/// # const READ: &str = "";
/// # const REPLACE: &str = "";
/// struct Users {
///     pool: Pool,
/// }
///
/// #[async_trait]
/// impl RecoveryBook for Users {
///     async fn read(&self, user: &UserId) -> Result<Option<RecoveryRecord>, BoxError> {
///         let text = self.pool.select(READ, user.parse()?).await?;
///         Ok(text.map(RecoveryRecord::from_text))
///     }
///
///     async fn replace(
///         &self,
///         user: &UserId,
///         from: Option<&RecoveryRecord>,
///         to: Option<&RecoveryRecord>,
///     ) -> Result<Changed, BoxError> {
///         let (from, to) = (from.map(RecoveryRecord::as_str), to.map(RecoveryRecord::as_str));
///         match self.pool.update(REPLACE, user.parse()?, from, to).await? {
///             0 => Ok(Changed::Conflict),
///             _ => Ok(Changed::Done),
///         }
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a recovery book",
    label = "not a recovery book",
    note = "write `impl RecoveryBook` for your own type, with `#[async_trait]`; its documentation shows the SQL",
    note = "for tests and examples, pass a `MemoryRecoveryBook`; to keep access to it, pass a clone"
)]
#[async_trait]
pub trait RecoveryBook: Send + Sync + 'static {
    /// Returns the text of a user, or `None` if there is none.
    ///
    /// # Errors
    ///
    /// Returns an error if the text could not be read. Nothing is then opened, and the user is asked to try again later.
    async fn read(&self, user: &UserId) -> Result<Option<RecoveryRecord>, BoxError>;

    /// Replaces the text in one atomic step, if it is still `from`. Of all concurrent calls with the same `from`, at most
    /// one is done: on this, and on nothing else, rests that a code is good only once.
    ///
    /// # Errors
    ///
    /// Returns an error if it is unknown whether the text was replaced, and for a user that does not exist.
    async fn replace(
        &self,
        user: &UserId,
        from: Option<&RecoveryRecord>,
        to: Option<&RecoveryRecord>,
    ) -> Result<Changed, BoxError>;

    /// Returns whether the texts outlive the process, as in a database. The builder then requires a
    /// [`secret`](crate::engine::MfaBuilder::secret), without which no text could be read after a restart. True by default.
    fn is_lasting(&self) -> bool {
        true
    }
}

/// Text of one user in a [`RecoveryBook`]. No two texts are equal, so an earlier one is never mistaken for the current one.
///
/// ```
/// use mfakit_core::RecoveryRecord;
///
/// let record = RecoveryRecord::from_text("b3BhcXVl");
/// assert_eq!(record.as_str(), "b3BhcXVl");
/// assert_eq!(format!("{record:?}"), "RecoveryRecord(…)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryRecord(String);

impl RecoveryRecord {
    /// Maximum length of a text, in characters and in bytes.
    pub const MAX_LEN: usize = 2000;

    /// Creates the record from the text that the app has stored.
    #[must_use]
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the text to store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RecoveryRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Redacted("RecoveryRecord").fmt(f)
    }
}

/// A shared recovery book.
#[async_trait]
impl<B: RecoveryBook + ?Sized> RecoveryBook for Arc<B> {
    async fn read(&self, user: &UserId) -> Result<Option<RecoveryRecord>, BoxError> {
        (**self).read(user).await
    }

    async fn replace(
        &self,
        user: &UserId,
        from: Option<&RecoveryRecord>,
        to: Option<&RecoveryRecord>,
    ) -> Result<Changed, BoxError> {
        (**self).replace(user, from, to).await
    }

    fn is_lasting(&self) -> bool {
        (**self).is_lasting()
    }
}

/// A recovery book that is chosen at run time.
#[async_trait]
impl RecoveryBook for Box<dyn RecoveryBook> {
    async fn read(&self, user: &UserId) -> Result<Option<RecoveryRecord>, BoxError> {
        (**self).read(user).await
    }

    async fn replace(
        &self,
        user: &UserId,
        from: Option<&RecoveryRecord>,
        to: Option<&RecoveryRecord>,
    ) -> Result<Changed, BoxError> {
        (**self).replace(user, from, to).await
    }

    fn is_lasting(&self) -> bool {
        (**self).is_lasting()
    }
}

impl fmt::Debug for dyn RecoveryBook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryBook")
    }
}
