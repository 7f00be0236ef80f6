//! Who asks, and how the app recognised them.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use sha2::{Digest, Sha256};

use crate::{Timestamp, random::random, redacted::Redacted};

/// The app's own identifier of a user. Counters and budgets are kept per user.
///
/// Cloning is cheap: the text is shared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UserId(Arc<str>);

impl UserId {
    /// The identifier as the app wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
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

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One log-in: 128 random bits that the app puts into its session's *data* when somebody logs in.
///
/// It survives the cycling of session identifiers and dies at log-out. Challenges and grants are bound to
/// it. Serialises as 32 hexadecimal digits, so it fits any session crate.
///
/// ```
/// use mfakit_core::LoginId;
///
/// let login = LoginId::random();                       // at log-in; then `session.insert("login", login)`
/// assert_eq!(login.to_string().parse::<LoginId>()?, login);
/// # Ok::<(), mfakit_core::InvalidLoginId>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LoginId([u8; 16]);

impl LoginId {
    /// A new one, from the operating system's randomness.
    ///
    /// # Panics
    ///
    /// When the operating system has no randomness to give.
    #[must_use]
    pub fn random() -> Self {
        Self(random())
    }

    /// The log-in that a bearer token stands for: the first 128 bits of its identifier's SHA-256.
    pub(crate) fn of_token(token_id: &str) -> Self {
        let digest: [u8; 32] =
            Sha256::new().chain_update(b"mfakit bearer ").chain_update(token_id).finalize().into();
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Self(bytes)
    }

    /// The bytes, for a store that writes them down.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The log-in that has these bytes, for a store that reads them back.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for LoginId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for LoginId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Redacted("LoginId").fmt(f)
    }
}

impl FromStr for LoginId {
    type Err = InvalidLoginId;

    fn from_str(text: &str) -> Result<Self, InvalidLoginId> {
        let hexadecimal = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let bits = hexadecimal.then(|| u128::from_str_radix(text, 16).ok()).flatten();
        bits.map(|bits| Self(bits.to_be_bytes())).ok_or(InvalidLoginId)
    }
}

impl Serialize for LoginId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LoginId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// The text is no [`LoginId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a log-in identifier has 32 hexadecimal digits, as LoginId::random() wrote it")]
pub struct InvalidLoginId;

/// How the app recognised somebody. This alone decides whether an elevation needs its cookie and whether a
/// call needs protection against forgery; headers never do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Recognition {
    /// By a cookie, which browsers attach by themselves.
    Cookie,
    /// By a bearer token, which a program attaches on purpose.
    Bearer,
}

/// Who asks, in which log-in, and how the app recognised them.
///
/// ```
/// use mfakit_core::{LoginId, Subject};
///
/// let browser = Subject::cookie("alice", LoginId::random());
/// let program = Subject::bearer("alice", "the token's jti");
/// assert_eq!(browser.user(), program.user());
/// assert_ne!(browser.login(), program.login());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    user: UserId,
    login: LoginId,
    recognition: Recognition,
    session_ends_at: Option<Timestamp>,
}

impl Subject {
    /// Somebody whom the app recognised by a session cookie.
    #[must_use]
    pub fn cookie(user: impl Into<UserId>, login: LoginId) -> Self {
        Self { user: user.into(), login, recognition: Recognition::Cookie, session_ends_at: None }
    }

    /// Somebody whom the app recognised by a bearer token: `token_id` is its `jti`, or the token itself
    /// (only a hash of it is kept).
    ///
    /// An elevation then belongs to the token alone and needs no cookie: whoever has the token has it.
    /// Never call this because a request *has* an `Authorization` header, only because the app has
    /// *accepted* the token in it.
    #[must_use]
    pub fn bearer(user: impl Into<UserId>, token_id: impl AsRef<str>) -> Self {
        let login = LoginId::of_token(token_id.as_ref());
        Self { user: user.into(), login, recognition: Recognition::Bearer, session_ends_at: None }
    }

    /// The same, of a session or token that ends at this time by itself. A grant then ends no later [GRANT-9].
    #[must_use]
    pub const fn session_ends_at(mut self, end: Timestamp) -> Self {
        self.session_ends_at = Some(end);
        self
    }

    /// When the session or token ends by itself, if the app said so.
    #[must_use]
    pub const fn session_end(&self) -> Option<Timestamp> {
        self.session_ends_at
    }

    /// The user.
    #[must_use]
    pub const fn user(&self) -> &UserId {
        &self.user
    }

    /// The log-in.
    #[must_use]
    pub const fn login(&self) -> &LoginId {
        &self.login
    }

    /// How the app recognised them.
    #[must_use]
    pub const fn recognition(&self) -> Recognition {
        self.recognition
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_reads_back_from_its_text_and_from_nothing_else() {
        let login = LoginId::random();
        let json = serde_json::to_string(&login).unwrap();
        assert_eq!(serde_json::from_str::<LoginId>(&json).unwrap(), login);
        for bad in ["", "+0000000000000000000000000000001", "0", &"g".repeat(32), &"0".repeat(33)] {
            assert_eq!(bad.parse::<LoginId>(), Err(InvalidLoginId), "{bad:?}");
        }
    }

    #[test]
    fn a_bearer_token_is_one_login_and_its_text_is_not_kept() {
        let subject = Subject::bearer("alice", "token-1");
        assert_eq!(subject.login(), Subject::bearer("alice", "token-1").login());
        assert_ne!(subject.login(), Subject::bearer("alice", "token-2").login());
        assert!(!format!("{subject:?}").contains("token-1"));
    }
}
