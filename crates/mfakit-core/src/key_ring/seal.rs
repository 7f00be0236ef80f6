//! Encryption of what a store keeps.

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{Aead, Payload},
};

use crate::{
    key_ring::{KeyRing, Purpose, framed},
    random::random,
};

/// Length of a nonce in bytes.
const NONCE: usize = 12;

impl KeyRing {
    /// Encrypts `secret` (AES-256-GCM, NIST SP 800-38D), so that [`unseal`](Self::unseal) returns it only for the same
    /// purpose and context.
    ///
    /// Every context has its own key, and every call its own random nonce. So even a context that is used for many
    /// values stays far from the number of nonces after which two are likely to be equal. Returns `None` if the value is
    /// too long to be encrypted, which takes 64 GB.
    #[must_use]
    pub fn seal(&self, purpose: Purpose, context: &[&[u8]], secret: &[u8]) -> Option<Vec<u8>> {
        let nonce: [u8; NONCE] = random();
        let aad = &framed(context);
        let cipher = cipher(&self.hash(purpose, context));
        let sealed = cipher.encrypt(&nonce.into(), Payload { msg: secret, aad }).ok()?;
        Some([&nonce[..], &sealed].concat())
    }

    /// Decrypts what [`seal`](Self::seal) encrypted under any secret in the ring. Returns `None` for anything else.
    #[must_use]
    pub fn unseal(&self, purpose: Purpose, context: &[&[u8]], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, msg) = sealed.split_first_chunk::<NONCE>()?;
        let (nonce, aad) = (&(*nonce).into(), &framed(context));
        let keys = self.hashes(purpose, context);
        keys.iter().find_map(|key| cipher(key).decrypt(nonce, Payload { msg, aad }).ok())
    }
}

fn cipher(key: &[u8; 32]) -> Aes256Gcm {
    Aes256Gcm::new(key.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    const PURPOSE: Purpose = Purpose::SealedNumber;

    fn ring(bytes: &[u8]) -> KeyRing {
        let mut secrets = bytes.iter().map(|byte| Secret::new([*byte; 32]).unwrap());
        KeyRing::new(secrets.next().unwrap(), secrets)
    }

    #[test]
    fn a_sealed_value_opens_only_with_its_purpose_context_and_secret() {
        let keys = ring(&[1]);
        let sealed = keys.seal(PURPOSE, &[b"alice", b"login"], b"+12025550123").unwrap();
        let open = |keys: &KeyRing, purpose, context: &[&[u8]]| keys.unseal(purpose, context, &sealed);
        assert_eq!(open(&keys, PURPOSE, &[b"alice", b"login"]).as_deref(), Some(&b"+12025550123"[..]));
        for (name, opened) in [
            ("another purpose", open(&keys, Purpose::Form, &[b"alice", b"login"])),
            ("another context", open(&keys, PURPOSE, &[b"mallory", b"login"])),
            ("other parts of the same bytes", open(&keys, PURPOSE, &[b"alicel", b"ogin"])),
            ("no context", open(&keys, PURPOSE, &[])),
            ("another secret", open(&ring(&[2]), PURPOSE, &[b"alice", b"login"])),
        ] {
            assert_eq!(opened, None, "{name}");
        }
        assert!(open(&ring(&[2, 1]), PURPOSE, &[b"alice", b"login"]).is_some(), "a former secret reads");
    }

    #[test]
    fn a_sealed_value_that_was_changed_anywhere_does_not_open_and_shows_nothing() {
        let keys = ring(&[1]);
        let sealed = keys.seal(PURPOSE, &[b"alice"], b"+12025550123").unwrap();
        assert!(!sealed.windows(4).any(|part| part == b"2025" || part == b"0123"));
        assert_ne!(keys.seal(PURPOSE, &[b"alice"], b"+12025550123").unwrap(), sealed, "equal values differ");
        for at in 0..sealed.len() {
            for bit in 0..8 {
                let mut changed = sealed.clone();
                changed[at] ^= 1 << bit;
                assert_eq!(keys.unseal(PURPOSE, &[b"alice"], &changed), None, "bit {bit} of byte {at}");
            }
            assert_eq!(keys.unseal(PURPOSE, &[b"alice"], &sealed[..at]), None, "the first {at} bytes");
        }
    }
}
