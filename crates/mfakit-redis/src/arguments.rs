//! Arguments of the scripts, as text.

use std::time::Duration;

use mfakit_core::{Timestamp, policy::Limit, store::CodeProof};

use crate::names::hex;

/// Longest span and latest moment, in milliseconds: about three thousand years. Anything longer or later is as good, and
/// numbers in a script hold at most 53 bits.
const FOREVER: u128 = 100_000_000_000_000;

pub(crate) fn millis(span: Duration) -> String {
    span.as_millis().min(FOREVER).to_string()
}

pub(crate) fn moment(at: Timestamp) -> String {
    u128::from(at.as_millis()).min(FOREVER).to_string()
}

pub(crate) fn hex_list(proofs: &[CodeProof]) -> String {
    let proofs: Vec<_> = proofs.iter().map(|proof| hex(proof.as_bytes())).collect();
    proofs.join(",")
}

pub(crate) fn limits(limits: &[Limit]) -> String {
    let limits: Vec<_> =
        limits.iter().map(|limit| format!("{}:{}", limit.count(), millis(limit.window()))).collect();
    limits.join(",")
}
