//! The keys of one app.
//!
//! 1. One key ring: keyed hashes of numbers, form tokens and sealed values come from the builder's secret
//!    by labeled derivation (HKDF-SHA256, RFC 5869), so every instance agrees and no two uses share a key.
//! 2. The current secret writes, and every secret reads. So a secret can be rotated.

use std::{fmt, iter};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    Key, KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use constant_time_eq::constant_time_eq;
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::{redacted::Redacted, secret::Secret};

/// Purpose of a key. Each purpose has its own key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The keyed hash of a phone number, which challenges keep.
    PhoneNumber,
    /// The name of a budget.
    Budget,
    /// The names of keys in a store that other programs can read.
    StoreName,
    /// The token in a form.
    Form,
    /// The sealed return target.
    Return,
    /// The nonces of sealed values.
    Nonce,
    /// The proof of a code that redeemed its challenge.
    SpentCode,
    /// The token of a grant.
    GrantToken,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::PhoneNumber => b"mfakit v1 phone number",
            Self::Budget => b"mfakit v1 budget",
            Self::StoreName => b"mfakit v1 store name",
            Self::Form => b"mfakit v1 form",
            Self::Return => b"mfakit v1 return",
            Self::Nonce => b"mfakit v1 nonce",
            Self::SpentCode => b"mfakit v1 spent code",
            Self::GrantToken => b"mfakit v1 grant token",
        }
    }
}

/// The keys of one app.
pub struct KeyRing {
    /// The secret that is used for writing.
    current: Secret,
    /// Secrets that are only used for reading.
    former: Vec<Secret>,
}

impl KeyRing {
    /// Creates a ring of the current secret and the former ones.
    #[must_use]
    pub fn new(current: Secret, former: impl IntoIterator<Item = Secret>) -> Self {
        Self { current, former: former.into_iter().collect() }
    }

    /// Returns the keyed hash (HMAC-SHA256, RFC 2104) of `parts`. Each part is preceded by its length, so that no
    /// two lists of parts result in the same bytes.
    #[must_use]
    pub fn hash(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        hash(&self.current, purpose, parts)
    }

    /// Returns the hash of `parts` under every secret in the ring, the current one first.
    #[must_use]
    pub fn hashes(&self, purpose: Purpose, parts: &[&[u8]]) -> Vec<[u8; 32]> {
        self.secrets().map(|secret| hash(secret, purpose, parts)).collect()
    }

    /// Returns whether the hash is that of `parts` under the current secret or a former one. The comparison takes the
    /// same time wherever they differ.
    #[must_use]
    pub fn matches(&self, purpose: Purpose, parts: &[&[u8]], hash_to_match: &[u8]) -> bool {
        self.hashes(purpose, parts).iter().any(|hash| constant_time_eq(hash, hash_to_match))
    }

    /// Encrypts `text` (XChaCha20-Poly1305) so that only [`open`](Self::open) with the same purpose and
    /// context reads it. The result is unpadded base64url.
    ///
    /// The nonce is a keyed hash of purpose, context and text (as in RFC 5297). So equal input is sealed to equal
    /// output, and two answers to one request do not differ. Any difference in the input gives another nonce.
    #[must_use]
    #[allow(clippy::expect_used, reason = "the cipher takes up to 256 GiB (RFC 8439, section 2.8)")]
    pub fn seal(&self, purpose: Purpose, context: &[&[u8]], text: &str) -> String {
        let context = framed(context);
        let parts = [purpose.label(), &context, text.as_bytes()];
        let mut nonce = [0; 24];
        for (byte, random) in nonce.iter_mut().zip(self.hash(Purpose::Nonce, &parts)) {
            *byte = random;
        }
        let payload = Payload { msg: text.as_bytes(), aad: &context };
        let cipher = cipher(&self.current, purpose);
        let sealed = cipher.encrypt(&XNonce::from(nonce), payload).expect("the text is short enough");
        URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat())
    }

    /// Decrypts the output of [`seal`](Self::seal). Returns `None` for any other text, purpose or context.
    #[must_use]
    pub fn open(&self, purpose: Purpose, context: &[&[u8]], sealed: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<24>()?;
        let context = framed(context);
        self.secrets().find_map(|secret| {
            let payload = Payload { msg: sealed, aad: &context };
            let text = cipher(secret, purpose).decrypt(&XNonce::from(*nonce), payload).ok()?;
            String::from_utf8(text).ok()
        })
    }

    /// Returns the secrets in the ring, the current one first.
    fn secrets(&self) -> impl Iterator<Item = &Secret> {
        iter::once(&self.current).chain(&self.former)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Redacted("KeyRing").fmt(f)
    }
}

#[allow(clippy::expect_used, reason = "HKDF gives 32 bytes whatever the input (RFC 5869, section 2.3)")]
fn key(secret: &Secret, purpose: Purpose) -> [u8; 32] {
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(None, secret.expose())
        .expand(purpose.label(), &mut key)
        .expect("32 bytes are within the limit");
    key
}

#[allow(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104, section 2)")]
fn hash(secret: &Secret, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(&key(secret, purpose)).expect("any length will do");
    mac.update(&framed(parts));
    mac.finalize().into_bytes().into()
}

fn cipher(secret: &Secret, purpose: Purpose) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&Key::from(key(secret, purpose)))
}

fn framed(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend((part.len() as u64).to_be_bytes());
        bytes.extend(*part);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(texts: &[&str]) -> KeyRing {
        let mut secrets =
            texts.iter().map(|text| Secret::new(format!("{} secret", text.repeat(32))).unwrap());
        KeyRing::new(secrets.next().unwrap(), secrets)
    }

    #[test]
    fn what_was_sealed_opens_only_with_its_purpose_and_context() {
        let keys = ring(&["a"]);
        let sealed = keys.seal(Purpose::Return, &[b"pay", b"login"], "/settings?tab=2");
        assert_eq!(
            keys.open(Purpose::Return, &[b"pay", b"login"], &sealed).as_deref(),
            Some("/settings?tab=2")
        );
        assert_eq!(keys.open(Purpose::Form, &[b"pay", b"login"], &sealed), None);
        assert_eq!(keys.open(Purpose::Return, &[b"payl", b"ogin"], &sealed), None);
        assert_eq!(keys.open(Purpose::Return, &[b"pay", b"other"], &sealed), None);
        assert_eq!(ring(&["b"]).open(Purpose::Return, &[b"pay", b"login"], &sealed), None);
        for broken in ["", "AAAA", &sealed[1..], &sealed[..sealed.len() - 1], "/settings"] {
            assert_eq!(keys.open(Purpose::Return, &[b"pay", b"login"], broken), None, "{broken:?}");
        }
    }

    #[test]
    fn the_same_is_sealed_the_same_way_and_nothing_else_is() {
        let keys = ring(&["a"]);
        let sealed = keys.seal(Purpose::Return, &[b"pay"], "/settings");
        assert_eq!(keys.seal(Purpose::Return, &[b"pay"], "/settings"), sealed);
        let nonce = &sealed[..32];
        for other in [
            keys.seal(Purpose::Return, &[b"pay"], "/settingz"),
            keys.seal(Purpose::Return, &[b"pa"], "y/settings"),
            keys.seal(Purpose::Form, &[b"pay"], "/settings"),
            ring(&["b"]).seal(Purpose::Return, &[b"pay"], "/settings"),
        ] {
            assert!(!other.starts_with(nonce), "{other}");
        }
    }

    #[test]
    fn a_former_secret_still_reads_and_no_longer_writes() {
        let (old, both) = (ring(&["a"]), ring(&["b", "a"]));
        let sealed = old.seal(Purpose::Return, &[], "/x");
        assert_eq!(both.open(Purpose::Return, &[], &sealed).as_deref(), Some("/x"));
        assert!(both.matches(Purpose::Form, &[b"x"], &old.hash(Purpose::Form, &[b"x"])));
        assert!(!old.matches(Purpose::Form, &[b"x"], &both.hash(Purpose::Form, &[b"x"])));
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let keys = ring(&["a"]);
        assert_ne!(keys.hash(Purpose::Form, &[b"ab", b"c"]), keys.hash(Purpose::Form, &[b"a", b"bc"]));
        assert_ne!(keys.hash(Purpose::Form, &[b"a"]), keys.hash(Purpose::PhoneNumber, &[b"a"]));
    }
}
