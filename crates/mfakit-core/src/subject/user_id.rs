//! Identifier of a user.

use std::{convert::Infallible, fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Identifier of a user in the app. Attempts, locks and budgets are counted under it.
///
/// It must be *canonical*: exactly one text for each user. `Alice`, `alice` and `ALICE` are three users here, each with
/// its own counts. If an app passes on the name as entered, an attacker gets fresh attempts for each spelling. Use the
/// primary key of the user's record.
///
/// If several groups of users have separate identifiers (customer 1 and administrator 1), give each group its own
/// engine and store, or put the group into the identifier.
///
/// An identifier without content is a mistake in the app. This includes an empty text, a text without a visible
/// character, and the nil UUID. Guards and routes answer it with 500, and the log explains the fix.
///
/// It is created from text or from an integer: `i32`, `i64`, `i128`, `isize`, `u32`, `u64`, `u128` or `usize`, written in
/// decimal digits. With the feature `uuid`, it is also created from a `Uuid`, written in lowercase with hyphens. Any
/// other type that is displayed canonically is converted by [`from_display`](Self::from_display). [`parse`](Self::parse)
/// reads the identifier back. Cloning is cheap: the text is shared.
///
/// The number 0 is an identifier like any other, because some systems have a user 0. Do not write 0 for "no user":
/// return `Ok(None)` from the identify function.
///
/// ```
/// use mfakit_core::UserId;
///
/// let user = UserId::from(4711_i64);
/// assert_eq!(user.as_str(), "4711");
/// assert_eq!(user, UserId::from("4711"));
/// assert_eq!(user.parse::<i64>(), Ok(4711));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(Arc<str>);

impl UserId {
    /// Creates the identifier from any type that is displayed canonically, such as the app's own type for an id.
    ///
    /// ```
    /// use mfakit_core::UserId;
    ///
    /// struct AccountId(u32);
    ///
    /// impl std::fmt::Display for AccountId {
    ///     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    ///         write!(f, "acct_{}", self.0)
    ///     }
    /// }
    ///
    /// assert_eq!(UserId::from_display(AccountId(7)).as_str(), "acct_7");
    /// ```
    #[must_use]
    pub fn from_display(id: impl fmt::Display) -> Self {
        Self(id.to_string().into())
    }

    /// Returns the identifier as the app wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Parses the identifier as the type that it was created from, such as `i64` or `Uuid`.
    ///
    /// ```
    /// use mfakit_core::UserId;
    ///
    /// let account: i64 = UserId::from(4711_i64).parse()?;
    /// assert_eq!(account, 4711);
    /// # Ok::<(), std::num::ParseIntError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the error of `T` if the identifier is not one of its texts.
    pub fn parse<T: FromStr>(&self) -> Result<T, T::Err> {
        self.0.parse()
    }
}

impl From<&str> for UserId {
    fn from(id: &str) -> Self {
        Self(id.into())
    }
}

impl From<String> for UserId {
    fn from(id: String) -> Self {
        Self(id.into())
    }
}

impl From<Arc<str>> for UserId {
    fn from(id: Arc<str>) -> Self {
        Self(id)
    }
}

/// Writes a number in decimal digits, which is canonical.
macro_rules! from_numbers {
    ($($number:ty),+) => {
        $(impl From<$number> for UserId {
            fn from(id: $number) -> Self {
                Self::from_display(id)
            }
        })+
    };
}

from_numbers!(i32, i64, i128, isize, u32, u64, u128, usize);

#[cfg(feature = "uuid")]
impl From<uuid::Uuid> for UserId {
    fn from(id: uuid::Uuid) -> Self {
        Self::from_display(id)
    }
}

impl AsRef<str> for UserId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FromStr for UserId {
    type Err = Infallible;

    fn from_str(id: &str) -> Result<Self, Infallible> {
        Ok(id.into())
    }
}

impl Serialize for UserId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for UserId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
