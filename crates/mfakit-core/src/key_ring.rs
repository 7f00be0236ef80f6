//! The keys of one app.
//!
//! 1. One key ring: keyed hashes of numbers, form tokens and signatures come from the builder's secret
//!    by labeled derivation (HKDF-SHA256, RFC 5869), so every instance agrees and no two uses share a key.
//! 2. The current secret writes, and every secret reads. So a secret can be rotated.
//! 3. A signature keeps a text from being changed, not from being read. Only what is kept elsewhere is
//!    encrypted: unconfirmed phone numbers in the store, and recovery codes in the recovery book.

mod seal;

use std::{fmt, iter};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
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
    /// The signature of a return target.
    Return,
    /// The proof of a code that redeemed its challenge.
    SpentCode,
    /// The token of a grant.
    GrantToken,
    /// The keyed hash of a number that a person entered, by which its approval is found again.
    ProposedNumber,
    /// The encryption of a number that a person entered.
    SealedNumber,
    /// The keyed hashes of recovery codes and of what they open.
    Recovery,
    /// The token of what a recovery code has opened.
    RecoveryToken,
    /// The encryption of what the recovery book keeps.
    SealedRecovery,
    /// The tag of a record in a store whose tables other programs can write.
    StoreRecord,
    /// The encryption of a number on file.
    NumberOnFile,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::PhoneNumber => b"mfakit v1 phone number",
            Self::Budget => b"mfakit v1 budget",
            Self::StoreName => b"mfakit v1 store name",
            Self::Form => b"mfakit v1 form",
            Self::Return => b"mfakit v1 return target",
            Self::SpentCode => b"mfakit v1 spent code",
            Self::GrantToken => b"mfakit v1 grant token",
            Self::ProposedNumber => b"mfakit v1 proposed number",
            Self::SealedNumber => b"mfakit v1 sealed number",
            Self::Recovery => b"mfakit v1 recovery",
            Self::RecoveryToken => b"mfakit v1 recovery token",
            Self::SealedRecovery => b"mfakit v1 sealed recovery",
            Self::StoreRecord => b"mfakit v1 store record",
            Self::NumberOnFile => b"mfakit v1 number on file",
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
        self.secrets().any(|secret| mac(secret, purpose, parts).verify_slice(hash_to_match).is_ok())
    }

    /// Signs `text` (HMAC-SHA256, RFC 2104) so that [`open`](Self::open) returns it only for the same purpose and
    /// context. The result is the signature, then the text, in unpadded base64url.
    ///
    /// Anyone can read the text; only a holder of the secret can write or change one. Equal input gives equal output, so
    /// two answers to one request do not differ.
    #[must_use]
    pub fn sign(&self, purpose: Purpose, context: &[&[u8]], text: &str) -> String {
        let signature = self.hash(purpose, &[&framed(context), text.as_bytes()]);
        URL_SAFE_NO_PAD.encode([&signature, text.as_bytes()].concat())
    }

    /// Returns the text that [`sign`](Self::sign) signed. Returns `None` for any other text, purpose or context.
    #[must_use]
    pub fn open(&self, purpose: Purpose, context: &[&[u8]], signed: &str) -> Option<String> {
        let mut bytes = URL_SAFE_NO_PAD.decode(signed).ok()?;
        let (signature, text) = bytes.split_first_chunk::<32>()?;
        if !self.matches(purpose, &[&framed(context), text], signature) {
            return None;
        }
        String::from_utf8(bytes.split_off(signature.len())).ok()
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

fn hash(secret: &Secret, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
    mac(secret, purpose, parts).finalize().into_bytes().into()
}

#[allow(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104, section 2)")]
fn mac(secret: &Secret, purpose: Purpose, parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&key(secret, purpose)).expect("any length will do");
    mac.update(&framed(parts));
    mac
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
    fn a_signed_text_opens_only_with_its_purpose_and_context() {
        let keys = ring(&["a"]);
        let signed = keys.sign(Purpose::Return, &[b"pay", b"login"], "/settings?tab=2");
        let open = |keys: &KeyRing, purpose, context: &[&[u8]]| keys.open(purpose, context, &signed);
        assert_eq!(open(&keys, Purpose::Return, &[b"pay", b"login"]).as_deref(), Some("/settings?tab=2"));
        for (name, opened) in [
            ("another purpose", open(&keys, Purpose::Form, &[b"pay", b"login"])),
            ("other parts of the same bytes", open(&keys, Purpose::Return, &[b"payl", b"ogin"])),
            ("another part", open(&keys, Purpose::Return, &[b"pay", b"other"])),
            ("a missing part", open(&keys, Purpose::Return, &[b"pay"])),
            ("no context", open(&keys, Purpose::Return, &[])),
            ("another secret", open(&ring(&["b"]), Purpose::Return, &[b"pay", b"login"])),
        ] {
            assert_eq!(opened, None, "{name}");
        }
    }

    #[test]
    fn a_signed_text_that_was_changed_anywhere_does_not_open() {
        let keys = ring(&["a"]);
        let signed = keys.sign(Purpose::Return, &[b"pay"], "/settings");
        let bytes = URL_SAFE_NO_PAD.decode(&signed).unwrap();
        let open = |text: &str| keys.open(Purpose::Return, &[b"pay"], text);
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[at] ^= 1 << bit;
                assert_eq!(open(&URL_SAFE_NO_PAD.encode(changed)), None, "bit {bit} of byte {at}");
            }
        }
        for end in 0..signed.len() {
            assert_eq!(open(&signed[..end]), None, "the first {end} characters");
        }
        let (signature, text) = bytes.split_at(32);
        for (name, other) in [
            ("with padding", format!("{signed}=")),
            ("longer", format!("{signed}AAAA")),
            ("of the text alone", URL_SAFE_NO_PAD.encode(text)),
            ("of the signature alone", URL_SAFE_NO_PAD.encode(signature)),
            ("with a shorter signature", URL_SAFE_NO_PAD.encode(&bytes[1..])),
            ("plain", "/settings".to_owned()),
            ("of a shorter text", URL_SAFE_NO_PAD.encode([signature, &text[1..]].concat())),
        ] {
            assert_eq!(open(&other), None, "{name}");
        }
        let moved = URL_SAFE_NO_PAD.encode([signature, b"settings"].concat());
        assert_eq!(keys.open(Purpose::Return, &[b"pay", b"/"], &moved), None);
    }

    #[test]
    fn a_signature_is_an_hmac_that_other_programs_compute_too() {
        let keys = ring(&["a"]);
        let signed = keys.sign(Purpose::Return, &[b"pay"], "/settings");
        // Computed by Python's hmac: the key by HKDF, then the framed context and the text, each after its length.
        assert_eq!(signed, "_sEbgo_tsoM2Mv0773NHFfzRPyB2fC2yPWvN0ROsnCEvc2V0dGluZ3M");
        assert_eq!(keys.sign(Purpose::Return, &[b"pay"], "/settings"), signed);
    }

    #[test]
    fn a_former_secret_still_reads_and_no_longer_writes() {
        let (old, both) = (ring(&["a"]), ring(&["b", "a"]));
        let signed = old.sign(Purpose::Return, &[], "/x");
        assert_eq!(both.open(Purpose::Return, &[], &signed).as_deref(), Some("/x"));
        assert_eq!(old.open(Purpose::Return, &[], &both.sign(Purpose::Return, &[], "/x")), None);
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
