//! Random values that leave the engine: a challenge's id, a grant's token, a send's scope.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::block_api::compress256;

use crate::{
    approval::ApprovalId, constant_time::ConstantTime, random::random, redacted::Redacted, scope::Scope,
};

/// Identifier of a challenge: 256 random bits.
///
/// It grants nothing by itself. A challenge accepts codes only from its own user and session, for its
/// own scope [BIND-1]. `Display` writes the whole value, for forms and URLs. `Debug` shows none of it, and logs show a
/// [`Fingerprint`](crate::event::Fingerprint).
///
/// ```
/// use mfakit_core::ChallengeId;
///
/// let id = ChallengeId::from_bytes([7; 32]);
/// assert_eq!(id.to_string().parse::<ChallengeId>()?, id);
/// # Ok::<(), mfakit_core::error::InvalidChallengeId>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChallengeId([u8; 32]);

impl ChallengeId {
    pub(crate) fn random() -> Self {
        Self(random())
    }

    /// Decodes the text that [`encode`](Self::encode) returned. Returns `None` for any other text.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        decode(text).map(Self)
    }

    /// Encodes the identifier as 43 characters of unpadded base64url.
    #[must_use]
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Returns the bytes, for a store that writes them down.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Creates the identifier that has these bytes, for a store that reads them back.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for ChallengeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.encode())
    }
}

impl FromStr for ChallengeId {
    type Err = InvalidChallengeId;

    fn from_str(text: &str) -> Result<Self, InvalidChallengeId> {
        Self::decode(text).ok_or(InvalidChallengeId)
    }
}

impl TryFrom<&str> for ChallengeId {
    type Error = InvalidChallengeId;

    fn try_from(text: &str) -> Result<Self, InvalidChallengeId> {
        text.parse()
    }
}

impl fmt::Debug for ChallengeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Redacted("ChallengeId").fmt(f)
    }
}

/// Error for a text that is not a [`ChallengeId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a challenge id consists of 43 characters of unpadded base64url")]
#[non_exhaustive]
pub struct InvalidChallengeId;

/// Value of the grant cookie: 256 unpredictable bits that only the confirmed browser has. The store keeps the
/// [hash](TokenHash) of its text [BIND-6].
///
/// The bits are derived from the builder's secret and from [random bits](crate::proof::GrantNonce) that are new for
/// every grant. So the same code, entered again while its grant is live, gets the same token.
///
/// ```
/// use mfakit_core::{GrantToken, Scope};
///
/// assert_eq!(GrantToken::cookie_name(&Scope::new("transfer")?), "__Host-mfa-transfer");
/// # Ok::<(), mfakit_core::error::InvalidScope>(())
/// ```
#[derive(Clone)]
pub struct GrantToken([u8; GrantToken::LEN]);

impl GrantToken {
    /// Prefix of the name of every grant cookie.
    pub const COOKIE_PREFIX: &str = "__Host-mfa-";

    /// Length in characters: 256 bits in unpadded base64url.
    pub const LEN: usize = 43;

    /// The block that SHA-256 hashes, without the text. A token fits into one block together with the padding, which is
    /// a bit that ends the text, and the length of the text in bits (FIPS 180-4, section 5.1.1). So no hasher with a
    /// buffer is needed for the one hash of every guarded request.
    const PADDED: [u8; 64] = {
        let mut block = [0; 64];
        block[Self::LEN] = 0x80;
        [block[62], block[63]] = (8 * Self::LEN as u16).to_be_bytes();
        block
    };

    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
        let mut text = [b'A'; Self::LEN];
        // 32 bytes take exactly 43 characters, so the result fits and fills the text.
        let _: Result<usize, _> = URL_SAFE_NO_PAD.encode_slice(bytes, &mut text);
        Self(text)
    }

    /// Creates a token of random bits, for tests without a grant.
    #[cfg(any(test, feature = "conformance"))]
    pub(crate) fn random() -> Self {
        Self::from_bytes(random())
    }

    /// Creates a token from the value of a cookie. Returns `None` for a value of another length, or with a character
    /// that base64url does not have.
    ///
    /// The token is not verified: only a comparison of its hash shows that it was issued.
    #[must_use]
    pub fn from_cookie(value: &[u8]) -> Option<Self> {
        let value: [u8; Self::LEN] = value.try_into().ok()?;
        // Looks at every character, and at a multiple of 16 of them, so that the compiler can compare 16 at once.
        let mut padded = [b'A'; Self::LEN.next_multiple_of(16)];
        let (text, _) = padded.split_at_mut(Self::LEN);
        text.copy_from_slice(&value);
        let in_base64url = |byte: u8| byte.is_ascii_alphanumeric() | (byte == b'-') | (byte == b'_');
        let valid = padded.iter().fold(true, |valid, byte| valid & in_base64url(*byte));
        valid.then_some(Self(value))
    }

    /// Returns the value of the cookie.
    #[must_use]
    pub fn expose(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Returns the hash that the store keeps.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        let mut block = Self::PADDED;
        let (text, _) = block.split_at_mut(Self::LEN);
        text.copy_from_slice(&self.0);
        let mut state = SHA_256;
        compress256(&mut state, &[block]);
        let mut hash = [0; 32];
        let (words, _) = hash.as_chunks_mut();
        words.iter_mut().zip(state).for_each(|(to, word)| *to = word.to_be_bytes());
        TokenHash::from_bytes(hash)
    }

    /// Returns the name of the cookie that carries the token of a scope's grant.
    #[must_use]
    pub fn cookie_name(scope: &Scope) -> String {
        format!("{}{scope}", Self::COOKIE_PREFIX)
    }

    /// Returns the name of the cookie that carries the token of a grant that is bound to an action. No scope contains the
    /// character between its two parts, so it is never the name of another grant's cookie.
    ///
    /// ```
    /// use mfakit_core::{GrantToken, Scope, action::ApprovalId};
    ///
    /// let name = GrantToken::bound_cookie_name(&Scope::new("transfer")?, &ApprovalId::from_bytes([7; 16]));
    /// assert_eq!(name, "__Host-mfa-transfer~BwcHBwcHBwcHBwcHBwcHBw");
    /// # Ok::<(), mfakit_core::error::InvalidScope>(())
    /// ```
    #[must_use]
    pub fn bound_cookie_name(scope: &Scope, approval: &ApprovalId) -> String {
        format!("{}{scope}~{approval}", Self::COOKIE_PREFIX)
    }
}

impl fmt::Debug for GrantToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Redacted("GrantToken").fmt(f)
    }
}

/// Initial state of SHA-256 (FIPS 180-4, section 5.3.3).
const SHA_256: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// SHA-256 hash of a [`GrantToken`].
///
/// Comparison takes constant time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenHash(ConstantTime);

impl TokenHash {
    /// Returns the bytes, for a store that writes them down.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0.0
    }

    /// Creates the hash that has these bytes, for a store that reads them back.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(ConstantTime(bytes))
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Redacted("TokenHash").fmt(f)
    }
}

/// Scope of one send at the provider, known only to the provider and the server: up to 8 characters of the
/// scope, `-`, and 80 random bits as 16 characters.
///
/// Bandwidth keeps every code of the last minutes valid for a number and a scope. A separate scope for every
/// send is therefore what ties a code to its challenge [PROV-3].
///
/// ```
/// use mfakit_core::provider::ProviderScope;
///
/// assert_eq!(ProviderScope::from_stored("pay-abcdefghijklmnop").as_str(), "pay-abcdefghijklmnop");
/// ```
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

    /// Creates the scope from its text, for a store that reads it back.
    #[must_use]
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the text, at most 25 characters.
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
    // The decoder rejects a longer text, and a shorter one leaves bytes over.
    (URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()? == 32).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn only_an_encoded_id_is_decoded() {
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
        for other in *b" ;,\"\\\r\n\0+/=\xc3" {
            let mut value = [b'A'; GrantToken::LEN];
            value[20] = other;
            assert!(GrantToken::from_cookie(&value).is_none(), "{other}");
        }
    }

    #[test]
    fn the_hash_of_a_token_is_the_sha_256_of_its_text() {
        for token in std::iter::repeat_with(GrantToken::random).take(100) {
            let digest: [u8; 32] = Sha256::digest(token.expose()).into();
            assert_eq!(token.hash().as_bytes(), &digest, "{}", token.expose());
        }
    }

    #[test]
    fn debug_shows_no_random_value() {
        let (token, scope) = (GrantToken::random(), ProviderScope::random(&Scope::new("pay").unwrap()));
        let shown = format!("{token:?} {:?} {:?} {scope:?}", token.hash(), ChallengeId::random());
        assert_eq!(shown, "GrantToken(…) TokenHash(…) ChallengeId(…) ProviderScope(…)");
    }
}
