//! The random values that travel: a challenge's name, a grant's token, a send's scope.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use constant_time_eq::constant_time_eq_32;
use sha2::{Digest, Sha256};

use crate::{random::random, redacted::Redacted, scope::Scope};

/// 256 random bits that name a challenge. They open nothing by themselves: a challenge answers only to its
/// own user, log-in and scope [BIND-1].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChallengeId([u8; 32]);

impl ChallengeId {
    pub(crate) fn random() -> Self {
        Self(random())
    }

    /// Reads what [`encode`](Self::encode) wrote; `None` for anything else.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        decode(text).map(Self)
    }

    /// 43 characters of unpadded base64url.
    #[must_use]
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// The bytes, for a store that writes them down.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The name that has these bytes, for a store that reads them back.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for ChallengeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Redacted("ChallengeId").fmt(f)
    }
}

/// 256 unpredictable bits that only the confirmed browser has: the value of the grant cookie. The store keeps
/// the [hash](TokenHash) of its text [BIND-6].
///
/// The bits are derived from the builder's secret and from [random bits](crate::proof::GrantNonce) that are new for
/// every grant. So the same code, entered again while its grant is live, gets the same token.
#[derive(Clone)]
pub struct GrantToken([u8; GrantToken::LEN]);

impl GrantToken {
    /// What the name of every grant cookie begins with.
    pub const COOKIE_PREFIX: &str = "__Host-mfa-";

    /// How many characters it has: 256 bits in unpadded base64url.
    pub const LEN: usize = 43;

    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
        let mut text = [b'A'; Self::LEN];
        // 43 characters are what 32 bytes take, so there is nothing left over and nothing cut off.
        let _: Result<usize, _> = URL_SAFE_NO_PAD.encode_slice(bytes, &mut text);
        Self(text)
    }

    /// Creates a token of random bits, for tests without a grant.
    #[cfg(any(test, feature = "conformance"))]
    pub(crate) fn random() -> Self {
        Self::from_bytes(random())
    }

    /// The token that a cookie's value is; `None` for a value of another length. Whether it is one that was
    /// given out is for its hash to say.
    #[must_use]
    pub fn from_cookie(value: &[u8]) -> Option<Self> {
        value.try_into().ok().map(Self)
    }

    /// The value of the cookie.
    #[must_use]
    pub fn expose(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// What the store keeps of it.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0).into())
    }

    /// The name of the cookie that carries the token of a scope's grant.
    #[must_use]
    pub fn cookie_name(scope: &Scope) -> String {
        format!("{}{scope}", Self::COOKIE_PREFIX)
    }
}

impl fmt::Debug for GrantToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Redacted("GrantToken").fmt(f)
    }
}

/// The SHA-256 of a [`GrantToken`].
///
/// Compared in the same time wherever two of them differ.
#[derive(Clone, Copy)]
pub struct TokenHash([u8; 32]);

impl PartialEq for TokenHash {
    fn eq(&self, other: &Self) -> bool {
        constant_time_eq_32(&self.0, &other.0)
    }
}

impl Eq for TokenHash {}

impl TokenHash {
    /// The bytes, for a store that writes them down.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The hash that has these bytes, for a store that reads them back.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Redacted("TokenHash").fmt(f)
    }
}

/// The scope of one send as the provider knows it, and only the provider and the server: up to 8 characters
/// of the scope, `-`, and 80 random bits as 16 characters. Bandwidth keeps every code of the last minutes
/// alive for a number and a scope, so a scope of its own is what ties a code to its challenge [PROV-3].
#[derive(Clone, PartialEq, Eq)]
pub struct ProviderScope(String);

impl ProviderScope {
    pub(crate) fn random(scope: &Scope) -> Self {
        const BASE32: [char; 32] = [
            'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's',
            't', 'u', 'v', 'w', 'x', 'y', 'z', '2', '3', '4', '5', '6', '7',
        ];
        let mut text: String = scope.as_str().chars().take(8).collect();
        text.push('-');
        // 256 is a multiple of 32, so the low five bits of a random byte are uniform.
        text.extend(random::<16>().iter().filter_map(|byte| BASE32.get(usize::from(byte & 31))));
        Self(text)
    }

    /// The scope written down earlier, for a store that reads it back.
    #[must_use]
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// At most 25 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ProviderScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Redacted("ProviderScope").fmt(f)
    }
}

fn decode(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    // A longer text is an error of the decoder, a shorter one leaves bytes over.
    (URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()? == 32).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encoded_is_decoded_and_nothing_else_is() {
        let id = ChallengeId::random();
        assert_eq!(ChallengeId::decode(&id.encode()), Some(id));
        let text = id.encode();
        for bad in ["", "x", &text[1..], &format!("{text}A"), &format!("{text}="), &format!(" {text}")] {
            assert_eq!(ChallengeId::decode(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_provider_scope_fits_bandwidth_and_is_new_every_time() {
        for name in ["a", "transfer", "settings.phone-number"] {
            let scope = Scope::new(name).unwrap();
            let (one, other) = (ProviderScope::random(&scope), ProviderScope::random(&scope));
            assert!(one.as_str().len() <= 25);
            assert_ne!(one, other);
            let (label, random) = one.as_str().rsplit_once('-').unwrap();
            assert!(name.starts_with(label) && random.len() == 16);
        }
    }

    #[test]
    fn a_grant_token_is_256_bits_of_text_and_new_every_time() {
        let token = GrantToken::random();
        assert_eq!(decode(token.expose()).map(|bytes| bytes.len()), Some(32));
        assert_eq!(GrantToken::from_cookie(token.expose().as_bytes()).unwrap().hash(), token.hash());
        assert_ne!(GrantToken::random().hash(), token.hash());
        assert!(GrantToken::from_cookie(b"").is_none() && GrantToken::from_cookie(&[b'A'; 44]).is_none());
    }

    #[test]
    fn debug_shows_no_random_value() {
        let (token, scope) = (GrantToken::random(), ProviderScope::random(&Scope::new("pay").unwrap()));
        let shown = format!("{token:?} {:?} {:?} {scope:?}", token.hash(), ChallengeId::random());
        assert_eq!(shown, "GrantToken(…) TokenHash(…) ChallengeId(…) ProviderScope(…)");
    }
}
