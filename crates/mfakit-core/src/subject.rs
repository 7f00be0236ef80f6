//! User and session of a request, and how the app recognized the user.

mod user_id;

pub use user_id::UserId;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use sha2::{Digest, Sha256};

use crate::{clock::Timestamp, random::random, redacted::Redacted};

/// Identifier of one sign-in, to which challenges and grants are bound: 128 bits that are new at every sign-in, and end at
/// sign-out.
///
/// It is made [from the ID](Self::from_session_id) of a session that is kept on a server, or it is
/// [random](Self::random) and the app stores it in the session's *data*. A random one stays the same when the session's ID
/// changes. It serializes as 32 hexadecimal digits, so it fits any session crate.
///
/// ```
/// use mfakit_core::LoginId;
///
/// let login = LoginId::random();                       // at sign-in; then `session.insert("login", login)`
/// assert_eq!(login.to_string().parse::<LoginId>()?, login);
/// # Ok::<(), mfakit_core::error::InvalidLoginId>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LoginId([u8; 16]);

impl LoginId {
    /// Creates a new identifier from the operating system's randomness.
    ///
    /// # Panics
    ///
    /// Panics if the operating system has none.
    #[must_use]
    pub fn random() -> Self {
        Self(random())
    }

    /// Creates the identifier from the ID of a session that is kept on a server: your app's own, or that of a gateway or
    /// an identity provider. It is the first 128 bits of a SHA-256 hash of the ID, which is not stored.
    ///
    /// This is sound if all of the following hold. Otherwise, store a [`random`](Self::random) identifier in the session's
    /// data.
    ///
    /// 1. The ID is hard to guess.
    /// 2. Every sign-in creates a new ID, even if a user is still signed in.
    /// 3. The sign-out, and the end of the session for any other reason, deletes the ID from the server for good.
    ///
    /// If the ID changes in between, the user is prompted for a code again. A subject with the identifier of an empty ID is
    /// rejected as a mistake.
    ///
    /// ```
    /// use mfakit_core::{LoginId, Subject};
    ///
    /// // Headers that a gateway sets, and that no client can.
    /// let (user, session) = ("alice", "9b3f7ac1d0");
    /// let subject = Subject::cookie(user, LoginId::from_session_id(session));
    /// assert_eq!(subject.mistake(), None);
    /// ```
    #[must_use]
    pub fn from_session_id(session_id: impl fmt::Display) -> Self {
        let session_id = session_id.to_string();
        if names_no_one(&session_id) { Self([0; 16]) } else { Self::hashed(b"mfakit session ", &session_id) }
    }

    /// Creates the identifier for a bearer token, like [`from_session_id`](Self::from_session_id).
    pub(crate) fn of_token(token_id: &str) -> Self {
        Self::hashed(b"mfakit bearer ", token_id)
    }

    fn hashed(label: &[u8], id: &str) -> Self {
        let digest: [u8; 32] = Sha256::new().chain_update(label).chain_update(id).finalize().into();
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Self(bytes)
    }

    /// Returns the bytes, for a store that writes them down.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Creates the identifier that has these bytes, for a store that reads them back.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Returns whether every bit is zero, as in a value that was never set.
    const fn is_zero(&self) -> bool {
        u128::from_be_bytes(self.0) == 0
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

impl TryFrom<&str> for LoginId {
    type Error = InvalidLoginId;

    fn try_from(text: &str) -> Result<Self, InvalidLoginId> {
        text.parse()
    }
}

/// Error for a text that is not a [`LoginId`].
///
/// ```
/// use mfakit_core::LoginId;
///
/// let error = "alice".parse::<LoginId>().unwrap_err();
/// assert!(error.to_string().contains("32 hexadecimal digits"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a LoginId must consist of 32 hexadecimal digits, as created by LoginId::random()")]
#[non_exhaustive]
pub struct InvalidLoginId;

/// Means by which the app recognized the user. It alone decides whether a grant needs its cookie and whether a
/// request needs protection against forgery. Headers never decide.
///
/// Exhaustive on purpose: a missed case would leave requests unprotected.
///
/// ```
/// use mfakit_core::{LoginId, Recognition, Subject};
///
/// assert_eq!(Subject::cookie("alice", LoginId::random()).recognition(), Recognition::Cookie);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Recognition {
    /// Cookie, which browsers attach automatically.
    Cookie,
    /// Bearer token, which a program attaches deliberately.
    Bearer,
}

impl Recognition {
    /// Returns the name in JSON.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Cookie => "cookie",
            Self::Bearer => "bearer",
        }
    }
}

impl Serialize for Recognition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_str().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Recognition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let all = [Self::Cookie, Self::Bearer];
        let unknown = || D::Error::custom("the recognition must be \"cookie\" or \"bearer\"");
        all.into_iter().find(|recognition| recognition.as_str() == name).ok_or_else(unknown)
    }
}

/// User and session of a request, and how the app recognized the user.
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
    /// [`NEVER`] if the app set none. Both times take as little room as one `Option`, because every guarded request has a
    /// subject in its future.
    session_end: Timestamp,
    /// [`UNKNOWN`] if the app set none.
    signed_in_at: Timestamp,
    nameless: Option<Nameless>,
}

/// End of a session without an end.
const NEVER: Timestamp = Timestamp::from_millis(u64::MAX);

/// Time of a sign-in that the app has not set.
const UNKNOWN: Timestamp = Timestamp::from_millis(0);

/// Part of a subject that identifies no one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nameless {
    User,
    Login,
    Token,
}

impl Nameless {
    const fn advice(self) -> &'static str {
        match self {
            Self::User => {
                "the subject has an empty user id: return Ok(None) from the identify function for requests without a \
                 user, and never pass a default in place of an id (unwrap_or_default, a nil UUID)"
            }
            Self::Login => {
                "the subject has a LoginId with no bit set: put LoginId::random() into the \
                 session at sign-in, and read it from there, or pass LoginId::from_session_id an id that is not empty"
            }
            Self::Token => {
                "the bearer subject has an empty token id: pass the token's `sid`, its \
                 `jti`, or the token itself, and never a default (unwrap_or_default). With one id for all of a user's \
                 tokens, a grant of one would open for all of them"
            }
        }
    }
}

/// Returns whether a text identifies no one: it has no visible character, or it is the nil UUID (RFC 9562,
/// section 5.9).
fn names_no_one(id: &str) -> bool {
    // Almost every identifier begins with a character that neither kind of them has.
    if id.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '1'..='9')) {
        return false;
    }
    let invisible = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
            || matches!(c, '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}')
    };
    let is_nil = || id.chars().all(|c| matches!(c, '0' | '-' | '{' | '}')) && id.matches('0').count() == 32;
    id.chars().all(invisible) || is_nil()
}

impl Subject {
    /// Creates the subject of a request that the app recognized by a session cookie.
    #[must_use]
    pub fn cookie(user: impl Into<UserId>, login: LoginId) -> Self {
        let nameless = login.is_zero().then_some(Nameless::Login);
        Self::new(user.into(), login, Recognition::Cookie, nameless)
    }

    /// Creates the subject of a request that the app recognized by a bearer token. `token_id` is its `sid` claim, or
    /// another id that stays the same when the token is refreshed, such as that of the refresh token's family. Without
    /// one, it is the `jti`, or the token itself (only a hash of it is kept).
    ///
    /// A grant lasts only as long as `token_id`: with the `jti`, each refresh ends it, and the user is prompted again.
    ///
    /// A grant then belongs to the token alone and needs no cookie: possession of the token is enough. Call
    /// this only if the app has *accepted* the token, never because a request *has* an `Authorization`
    /// header.
    ///
    /// An empty `token_id` is a mistake in the app, just like an empty [`UserId`]. Do not write
    /// `claims.jti.unwrap_or_default()` for a token without a `jti`: all such tokens of a user would then share one
    /// session.
    #[must_use]
    pub fn bearer(user: impl Into<UserId>, token_id: impl AsRef<str>) -> Self {
        let token_id = token_id.as_ref();
        let nameless = names_no_one(token_id).then_some(Nameless::Token);
        Self::new(user.into(), LoginId::of_token(token_id), Recognition::Bearer, nameless)
    }

    fn new(user: UserId, login: LoginId, recognition: Recognition, nameless: Option<Nameless>) -> Self {
        let nameless = if names_no_one(user.as_str()) { Some(Nameless::User) } else { nameless };
        Self { user, login, recognition, session_end: NEVER, signed_in_at: UNKNOWN, nameless }
    }

    /// Returns what is wrong with a subject whose user, session or token has no name, and how to fix it.
    ///
    /// The engine, the guards and the routes reject such a subject, because all subjects without a name would
    /// share one set of counts and one grant.
    #[must_use]
    pub fn mistake(&self) -> Option<&'static str> {
        self.nameless.map(Nameless::advice)
    }

    /// Sets the time at which the session or token ends. A grant then ends no later [GRANT-9].
    #[must_use]
    pub const fn with_session_end(mut self, end: Timestamp) -> Self {
        self.session_end = end;
        self
    }

    /// Sets the time at which the app authenticated the person in this session: by a password, a passkey, or an identity
    /// provider (its `auth_time`). It is the time of the sign-in, not of the last request, so keep it in the session's data
    /// beside the [`LoginId`].
    ///
    /// A person without a number adds the first one only shortly after this time: see
    /// [`Policy::fresh_sign_in`](crate::policy::Policy::fresh_sign_in). Nothing else needs it.
    ///
    /// ```
    /// use mfakit_core::{LoginId, Subject, Timestamp};
    ///
    /// let at = Timestamp::from_millis(1_767_268_800_000);
    /// let subject = Subject::cookie("carol", LoginId::random()).with_signed_in_at(at);
    /// assert_eq!(subject.signed_in_at(), Some(at));
    /// ```
    #[must_use]
    pub const fn with_signed_in_at(mut self, at: Timestamp) -> Self {
        self.signed_in_at = at;
        self
    }

    /// Returns the time at which the app authenticated the person, if the app set one.
    #[must_use]
    pub fn signed_in_at(&self) -> Option<Timestamp> {
        (self.signed_in_at != UNKNOWN).then_some(self.signed_in_at)
    }

    /// Returns the time at which the session or token ends, if the app set one.
    #[must_use]
    pub fn session_end(&self) -> Option<Timestamp> {
        (self.session_end != NEVER).then_some(self.session_end)
    }

    /// Returns the user.
    #[must_use]
    pub const fn user(&self) -> &UserId {
        &self.user
    }

    /// Returns the identifier of the session.
    #[must_use]
    pub const fn login(&self) -> &LoginId {
        &self.login
    }

    /// Returns the means by which the app recognized the user.
    #[must_use]
    pub const fn recognition(&self) -> Recognition {
        self.recognition
    }
}

#[cfg(test)]
mod tests;
