//! Differences between the answers of a store and those of the model.

use std::{error::Error, fmt};

use crate::{conformance::model::operation::Operation, store::StoreError};

/// First answer of a store that differs from the model's.
#[derive(Debug)]
#[non_exhaustive]
pub struct Divergence {
    /// Number of operations before this one.
    pub step: usize,
    /// Operation after which the answers differ.
    pub operation: Operation,
    /// Answer of the model, which is the one that [`MfaStore`](crate::store::MfaStore) requires.
    pub expected: String,
    /// Answer of the store.
    pub actual: String,
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { step, operation, expected, actual } = self;
        write!(f, "step {step}, {operation:?}:\n  expected {expected}\n  but got  {actual}")
    }
}

impl Error for Divergence {}

/// Pair of answers that differ.
pub(super) struct Mismatch {
    expected: String,
    actual: String,
}

impl Mismatch {
    pub(super) fn at(self, step: usize, operation: Operation) -> Divergence {
        let Self { expected, actual } = self;
        Divergence { step, operation, expected, actual }
    }
}

/// Fails unless both descriptions are the same.
pub(super) fn expect_same(expected: String, actual: String) -> Result<(), Mismatch> {
    if expected == actual { Ok(()) } else { Err(Mismatch { expected, actual }) }
}

/// Returns the answer of a verb. Fails if it is an error, because the model never fails.
pub(super) fn expect_answer<T>(verb: &str, answer: Result<T, StoreError>) -> Result<T, Mismatch> {
    answer.map_err(|error| Mismatch { expected: format!("an answer to {verb}"), actual: error.to_string() })
}
