//! Canonical form of an action, its digest, and the value that is read from it.
//!
//! The value that is shown, kept, hashed and handed to a handler is read from the form. So it depends on nothing
//! but the bytes that are hashed, even if the type writes less than it has.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{
    action::{
        Action,
        canonical_limits::MAX_ACTION,
        invalid::InvalidAction,
        strict::{Buffer, Output, Strict},
    },
    approval::ActionDigest,
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
        Self::read_back(scope, action).map(|(canonical, _)| canonical)
    }

    /// Creates the canonical form of an action, and returns the action that is read from it.
    pub(crate) fn read_back<A: Action>(scope: &Scope, action: &A) -> Result<(Self, A), InvalidAction> {
        let mut buffer = Buffer::new();
        let form = write(action, &mut buffer)?;
        let action = decode(form)?;
        Ok((Self { bytes: form.to_vec(), digest: hash::<A>(scope, form) }, action))
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

/// Returns the digest of an action, which covers a version, the scope, the [name](Action::name) of the type, and the
/// canonical form.
///
/// Actions with equal digests are equal once they are read from their canonical form, and that is what a handler receives.
/// This allocates nothing for strings and integers.
///
/// # Errors
///
/// Returns an error if the value has no single canonical form, or if the form is longer than
/// [`MAX_ACTION`](crate::action::MAX_ACTION) bytes.
pub fn digest_of<A: Action>(scope: &Scope, action: &A) -> Result<ActionDigest, InvalidAction> {
    Ok(hash::<A>(scope, write(action, &mut Buffer::new())?))
}

/// Returns the action that is read from the canonical form of `action`, with the digest of that form.
pub(crate) fn read_back<A: Action>(scope: &Scope, action: &A) -> Result<(A, ActionDigest), InvalidAction> {
    read_approved(scope, action, |_| false)
}

/// Returns the action that is read from the canonical form of `action`, with the digest of that form. If `is_approved`
/// returns true for the digest, the form was read and written again when it was kept, and is only read here.
pub(crate) fn read_approved<A: Action>(
    scope: &Scope,
    action: &A,
    is_approved: impl FnOnce(&ActionDigest) -> bool,
) -> Result<(A, ActionDigest), InvalidAction> {
    let mut buffer = Buffer::new();
    let form = write(action, &mut buffer)?;
    let digest = hash::<A>(scope, form);
    let action = if is_approved(&digest) { read(form)? } else { decode(form)? };
    Ok((action, digest))
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
    let action: A = read(bytes)?;
    let is_same = write(&action, &mut Buffer::new())? == bytes;
    if is_same { Ok(action) } else { Err(InvalidAction::Changed) }
}

fn read<A: Action>(bytes: &[u8]) -> Result<A, InvalidAction> {
    serde_json::from_slice(bytes).map_err(|error| InvalidAction::Unreadable(error.to_string()))
}

/// Reads a kept action. Returns `None` if its digest is that of another type or of other bytes, or if this version of the
/// app cannot read it.
pub(crate) fn decode_kept<A: Action>(scope: &Scope, bytes: &[u8], digest: &ActionDigest) -> Option<A> {
    if hash::<A>(scope, bytes) == *digest { decode(bytes).ok() } else { None }
}

/// Returns the digest of a canonical form. A scope has at most 32 bytes.
fn hash<A: Action>(scope: &Scope, form: &[u8]) -> ActionDigest {
    let (scope, name) = (scope.as_bytes(), A::name().as_bytes());
    let hash = Sha256::new()
        .chain_update(VERSION)
        .chain_update([u8::try_from(scope.len()).unwrap_or(u8::MAX)])
        .chain_update(scope)
        .chain_update(u32::try_from(name.len()).unwrap_or(u32::MAX).to_be_bytes())
        .chain_update(name)
        .chain_update(form);
    ActionDigest::from_bytes(hash.finalize().into())
}

/// Writes the canonical form of a value, and returns it.
fn write<'a>(value: &impl Serialize, buffer: &'a mut Buffer) -> Result<&'a [u8], InvalidAction> {
    let mut out = Output::new(buffer);
    let written = value.serialize(Strict::new(&mut out));
    out.finish(written)
}

#[cfg(test)]
mod changed_bytes;
#[cfg(test)]
mod hidden;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
