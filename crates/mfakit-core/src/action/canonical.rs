//! Canonical form of an action, and its digest.

use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use crate::{
    action::{
        Action,
        canonical_limits::MAX_ACTION,
        invalid::InvalidAction,
        strict::{Output, Sink, Strict},
    },
    approval::ActionDigest,
    scope::Scope,
};

/// First bytes of everything that is hashed. The number is the version of the canonical form.
const VERSION: &[u8] = b"mfakit action 1\0";

/// Number of bytes that are hashed together: whole blocks of the hash.
const COLLECTED: usize = 512;

/// Length that most actions do not exceed.
const USUAL_LENGTH: usize = 256;

/// Canonical form of an action, with its digest.
///
/// The bytes are JSON: fields in the order of their declaration, no white space, integers only, maps by ascending keys.
/// They are part of the records of a store, and not of any answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CanonicalAction {
    bytes: Vec<u8>,
    digest: ActionDigest,
}

impl CanonicalAction {
    /// Creates the canonical form of an action, and checks that reading it gives the same value.
    ///
    /// # Errors
    ///
    /// Returns an error if the value has no single canonical form, if the form is longer than
    /// [`MAX_ACTION`](crate::action::MAX_ACTION) bytes, or if it cannot be read back.
    pub fn new<A: Action>(scope: &Scope, action: &A) -> Result<Self, InvalidAction> {
        let mut bytes = Vec::with_capacity(USUAL_LENGTH);
        write(action, &mut bytes)?;
        read::<A>(&bytes)?;
        let digest = digest_of_bytes(scope, &bytes);
        Ok(Self { bytes, digest })
    }

    /// Returns the bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the bytes by value.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Returns the digest.
    #[must_use]
    pub const fn digest(&self) -> ActionDigest {
        self.digest
    }
}

/// Returns the digest of an action. Equal digests in one scope mean equal values.
///
/// Hashes the canonical form while it is written, and allocates nothing for strings and integers.
///
/// # Errors
///
/// Returns an error if the value has no single canonical form, or if the form is longer than
/// [`MAX_ACTION`](crate::action::MAX_ACTION) bytes.
pub fn digest_of<A: Action>(scope: &Scope, action: &A) -> Result<ActionDigest, InvalidAction> {
    let mut hashing = Hashing { hash: hash_of(scope), collected: [0; COLLECTED], length: 0 };
    write(action, &mut hashing)?;
    Ok(hashing.finish())
}

/// Reads an action from its canonical form, and checks that writing it gives the same bytes. So a form that was kept by a
/// version of the app with other fields is an error, and never another value.
///
/// # Errors
///
/// Returns an error if the bytes are not the canonical form of a value of this type.
pub fn decode<A: Action>(bytes: &[u8]) -> Result<A, InvalidAction> {
    if bytes.len() > MAX_ACTION {
        return Err(InvalidAction::TooLarge);
    }
    read(bytes)
}

/// Returns the digest of an action's canonical form.
pub(crate) fn digest_of_bytes(scope: &Scope, bytes: &[u8]) -> ActionDigest {
    ActionDigest::from_bytes(hash_of(scope).chain_update(bytes).finalize().into())
}

/// Begins the hash of an action of this scope. A scope has at most 32 bytes.
fn hash_of(scope: &Scope) -> Sha256 {
    let length = u8::try_from(scope.as_bytes().len()).unwrap_or(u8::MAX);
    Sha256::new().chain_update(VERSION).chain_update([length]).chain_update(scope.as_bytes())
}

fn read<A: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<A, InvalidAction> {
    let action: A =
        serde_json::from_slice(bytes).map_err(|error| InvalidAction::Unreadable(error.to_string()))?;
    let mut left = Unequal { expected: bytes, differs: false };
    write(&action, &mut left)?;
    if left.differs || !left.expected.is_empty() { Err(InvalidAction::Changed) } else { Ok(action) }
}

/// Writes the canonical form of a value.
fn write<S: Sink>(value: &impl Serialize, sink: &mut S) -> Result<(), InvalidAction> {
    let mut out = Output::new(sink);
    let written = value.serialize(Strict::new(&mut out));
    out.finish(written)
}

impl Sink for Vec<u8> {
    fn take(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// Hash of the bytes. It collects small parts, because each update of a hash has a price.
struct Hashing {
    hash: Sha256,
    collected: [u8; COLLECTED],
    length: usize,
}

impl Hashing {
    fn finish(mut self) -> ActionDigest {
        self.flush();
        ActionDigest::from_bytes(self.hash.finalize().into())
    }

    fn flush(&mut self) {
        self.hash.update(self.collected.get(..self.length).unwrap_or_default());
        self.length = 0;
    }
}

impl Sink for Hashing {
    #[inline]
    fn take(&mut self, bytes: &[u8]) {
        if bytes.len() > COLLECTED - self.length {
            self.flush();
        }
        match self.collected.get_mut(self.length..self.length + bytes.len()) {
            Some(place) => {
                place.copy_from_slice(bytes);
                self.length += bytes.len();
            }
            // More than is ever collected.
            None => self.hash.update(bytes),
        }
    }
}

/// Rest of the bytes that are expected.
struct Unequal<'a> {
    expected: &'a [u8],
    differs: bool,
}

impl Sink for Unequal<'_> {
    fn take(&mut self, bytes: &[u8]) {
        match self.expected.strip_prefix(bytes) {
            Some(rest) => self.expected = rest,
            None => self.differs = true,
        }
    }
}

#[cfg(test)]
mod changed_bytes;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
