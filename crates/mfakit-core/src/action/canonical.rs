//! Canonical form of an action, and its digest.

use std::io;

use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use crate::{
    action::{
        Action, canonical_limits::MAX_ACTION, digest::ActionDigest, invalid::InvalidAction, strict::Strict,
        strict::rules::Rules,
    },
    scope::Scope,
};

/// First bytes of everything that is hashed. The number is the version of the canonical form.
const VERSION: &[u8] = b"mfakit action 1\0";

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
        let mut bytes = Vec::new();
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
    let mut hash = hash_of(scope);
    write(action, &mut hash)?;
    Ok(ActionDigest::from_bytes(hash.finalize().into()))
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
fn write(value: &impl Serialize, sink: &mut impl Sink) -> Result<(), InvalidAction> {
    let rules = Rules::default();
    let mut bounded = Bounded { sink, left: MAX_ACTION, full: false };
    let mut json = serde_json::Serializer::new(&mut bounded);
    let written = value.serialize(Strict::new(&mut json, &rules));
    // An implementation of `Serialize` may have ignored an error.
    let problem = rules.broken().or_else(|| bounded.full.then_some(InvalidAction::TooLarge));
    match (problem, written) {
        (Some(problem), _) => Err(problem),
        (None, Ok(())) => Ok(()),
        (None, Err(error)) => Err(InvalidAction::Serialize(error.to_string())),
    }
}

/// Destination of a canonical form.
trait Sink {
    fn take(&mut self, bytes: &[u8]);
}

impl Sink for Vec<u8> {
    fn take(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

impl Sink for Sha256 {
    fn take(&mut self, bytes: &[u8]) {
        self.update(bytes);
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

/// Sink that takes at most so many bytes.
struct Bounded<'a, S> {
    sink: &'a mut S,
    left: usize,
    full: bool,
}

impl<S: Sink> io::Write for Bounded<'_, S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(left) = self.left.checked_sub(bytes.len()).filter(|_| !self.full) else {
            self.full = true;
            return Err(io::ErrorKind::OutOfMemory.into());
        };
        self.left = left;
        self.sink.take(bytes);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod changed_bytes;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
