//! What a guarded handler is given.

use std::{marker::PhantomData, ops::Deref};

/// The proof that a code was typed, as an argument of a guarded handler.
///
/// With several guards on one route it is that of the innermost. Where no guard ran, asking for it is
/// answered with 500.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant(mfakit_core::Grant);

impl Deref for Grant {
    type Target = mfakit_core::Grant;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl From<mfakit_core::Grant> for Grant {
    fn from(grant: mfakit_core::Grant) -> Self {
        Self(grant)
    }
}

/// An extractor that checks the requirement `R`, and only then extracts `T`.
///
/// A refused request runs no other extractor and has no byte of its body read [GUARD-1]. A grant that is to be
/// used once is used up when `T` is there, and only then: a request that `T` rejects costs no code. This is what
/// `#[require_mfa]` folds a handler's arguments into; written by hand it is the handler's one argument, with
/// everything else in its tuple.
#[derive(Debug)]
pub struct Guarded<R, T> {
    /// What the handler asked for.
    pub args: T,
    /// The proof.
    pub grant: Grant,
    requirement: PhantomData<fn() -> R>,
}

impl<R, T> Guarded<R, T> {
    /// For adapters: the arguments and the proof, after the check.
    #[must_use]
    pub const fn new(args: T, grant: Grant) -> Self {
        Self { args, grant, requirement: PhantomData }
    }
}
