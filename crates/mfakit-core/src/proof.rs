//! Keyed values that outlast a code. They are enough to recognize the code when it is entered again, and to return the
//! same token.
//!
//! 1. A [`CodeProof`] is a keyed hash of a code with everything that the code is bound to. The store keeps
//!    one for a challenge that was redeemed, and never a code.
//! 2. The token of a grant is derived from fresh randomness, the [`GrantNonce`], with the builder's secret.
//!    The store keeps the nonce and the hash of the token. Neither a dump of the store nor the secret alone
//!    is enough to compute the token.
//! 3. Every secret of the key ring is tried, so both survive a rotation.

use std::fmt;

use crate::{
    approval::ApprovalId,
    code::Code,
    constant_time::ConstantTime,
    key_ring::{KeyRing, Purpose},
    random::random,
    redacted::Redacted,
    scope::Scope,
    subject::{Recognition, Subject},
    token::{ChallengeId, GrantToken},
};

/// Keyed hash of a code, its challenge, user, session and scope.
///
/// Comparison takes constant time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CodeProof(ConstantTime);

impl CodeProof {
    /// Returns the bytes, for a store that writes them down.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0.0
    }

    /// Creates the proof that has these bytes, for a store that reads them back.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(ConstantTime(bytes))
    }
}

impl fmt::Debug for CodeProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Redacted("CodeProof").fmt(f)
    }
}

/// 256 random bits that the token of one grant is derived from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct GrantNonce([u8; 32]);

impl GrantNonce {
    pub(crate) fn random() -> Self {
        Self(random())
    }

    /// Returns the bytes, for a store that writes them down.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Creates the nonce that has these bytes, for a store that reads them back.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for GrantNonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Redacted("GrantNonce").fmt(f)
    }
}

/// Code that was entered, with everything that it is bound to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entered<'a> {
    pub(crate) subject: &'a Subject,
    pub(crate) scope: &'a Scope,
    pub(crate) challenge: &'a ChallengeId,
    /// Approval of the challenge, if the request names one.
    pub(crate) approval: Option<&'a ApprovalId>,
    pub(crate) code: &'a Code,
}

impl Entered<'_> {
    /// Returns the proof under the current secret, which is the one that the store keeps.
    pub(crate) fn proof(&self, keys: &KeyRing) -> CodeProof {
        CodeProof::from_bytes(keys.hash(Purpose::SpentCode, &self.parts()))
    }

    /// Returns the proof under every secret in the ring.
    pub(crate) fn proofs(&self, keys: &KeyRing) -> Vec<CodeProof> {
        keys.hashes(Purpose::SpentCode, &self.parts()).into_iter().map(CodeProof::from_bytes).collect()
    }

    /// Returns the token of the grant that is made with this nonce under the current secret.
    pub(crate) fn token(&self, keys: &KeyRing, nonce: &GrantNonce) -> GrantToken {
        GrantToken::from_bytes(keys.hash(Purpose::GrantToken, &self.parts_with(nonce)))
    }

    /// Returns the tokens that this nonce may have given, one for each secret in the ring.
    pub(crate) fn tokens(&self, keys: &KeyRing, nonce: &GrantNonce) -> Vec<GrantToken> {
        let hashes = keys.hashes(Purpose::GrantToken, &self.parts_with(nonce));
        hashes.into_iter().map(GrantToken::from_bytes).collect()
    }

    fn parts(&self) -> [&[u8]; 6] {
        let recognition: &[u8] = match self.subject.recognition() {
            Recognition::Cookie => b"cookie",
            Recognition::Bearer => b"bearer",
        };
        [
            self.challenge.as_bytes(),
            self.subject.user().as_str().as_bytes(),
            self.subject.login().as_bytes(),
            recognition,
            self.scope.as_bytes(),
            self.code.expose_digits().as_bytes(),
        ]
    }

    fn parts_with<'b>(&'b self, nonce: &'b GrantNonce) -> [&'b [u8]; 7] {
        let [challenge, user, login, recognition, scope, code] = self.parts();
        [&nonce.0, challenge, user, login, recognition, scope, code]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{secret::Secret, subject::LoginId};

    fn keys(bytes: &[u8]) -> KeyRing {
        let mut secrets = bytes.iter().map(|byte| Secret::new([*byte; 32]).unwrap());
        KeyRing::new(secrets.next().unwrap(), secrets)
    }

    #[test]
    fn a_proof_and_a_token_belong_to_one_challenge_user_login_scope_and_code() {
        let (ring, nonce, login) = (keys(&[1]), GrantNonce::random(), LoginId::random());
        let (pay, settings) = (Scope::new("pay").unwrap(), Scope::new("settings").unwrap());
        let (id, other_id) = (ChallengeId::random(), ChallengeId::random());
        let (code, other_code) = (Code::parse("123456").unwrap(), Code::parse("123457").unwrap());
        let alice = Subject::cookie("alice", login);
        let (bob, elsewhere) = (Subject::cookie("bob", login), Subject::cookie("alice", LoginId::random()));
        let entered = Entered { subject: &alice, scope: &pay, challenge: &id, approval: None, code: &code };
        let token = entered.token(&ring, &nonce).hash();
        assert_eq!(entered.proof(&ring), entered.proof(&ring));
        assert_eq!(entered.token(&ring, &nonce).hash(), token);
        for (name, other) in [
            ("challenge", Entered { challenge: &other_id, ..entered }),
            ("user", Entered { subject: &bob, ..entered }),
            ("session", Entered { subject: &elsewhere, ..entered }),
            ("scope", Entered { scope: &settings, ..entered }),
            ("code", Entered { code: &other_code, ..entered }),
        ] {
            assert_ne!(other.proof(&ring), entered.proof(&ring), "another {name}");
            assert_ne!(other.token(&ring, &nonce).hash(), token, "another {name}");
        }
        assert_ne!(entered.token(&ring, &GrantNonce::random()).hash(), token, "another nonce");
        assert_ne!(entered.token(&keys(&[2]), &nonce).hash(), token, "another secret");
        assert_ne!(entered.proof(&keys(&[2])), entered.proof(&ring), "another secret");
    }

    #[test]
    fn records_of_a_former_secret_are_found_again() {
        let (login, nonce) = (LoginId::random(), GrantNonce::random());
        let (alice, pay) = (Subject::cookie("alice", login), Scope::new("pay").unwrap());
        let (id, code) = (ChallengeId::random(), Code::parse("123456").unwrap());
        let entered = Entered { subject: &alice, scope: &pay, challenge: &id, approval: None, code: &code };
        let (old, rotated) = (keys(&[1]), keys(&[2, 1]));
        assert!(entered.proofs(&rotated).contains(&entered.proof(&old)));
        let token = entered.token(&old, &nonce).hash();
        assert!(entered.tokens(&rotated, &nonce).iter().any(|found| found.hash() == token));
    }

    #[test]
    fn debug_shows_neither_a_proof_nor_a_nonce() {
        let shown = format!("{:?} {:?}", CodeProof::from_bytes([7; 32]), GrantNonce::random());
        assert_eq!(shown, "CodeProof(…) GrantNonce(…)");
    }
}
