//! Arguments of the scripts, as text.

use std::time::Duration;

use mfakit_core::{Timestamp, policy::Limit, store::BudgetChange};

use crate::names::{hex, short_hex};

/// Longest span and latest moment, in milliseconds: about three thousand years. Anything longer or later is as good, and
/// numbers in a script hold at most 53 bits.
const FOREVER: u128 = 100_000_000_000_000;

pub(crate) fn millis(span: Duration) -> String {
    span.as_millis().min(FOREVER).to_string()
}

pub(crate) fn moment(at: Timestamp) -> String {
    u128::from(at.as_millis()).min(FOREVER).to_string()
}

/// Stands for a list that contains every number.
pub(crate) const ANY_NUMBER: &str = "*";

pub(crate) fn hex_list<'a>(hashes: impl IntoIterator<Item = &'a [u8; 32]>) -> String {
    let hashes: Vec<_> = hashes.into_iter().map(|hash| hex(hash)).collect();
    hashes.join(",")
}

pub(crate) fn limits(limits: &[Limit]) -> String {
    let limits: Vec<_> =
        limits.iter().map(|limit| format!("{}:{}", limit.count(), millis(limit.window()))).collect();
    limits.join(",")
}

/// Returns the name of a change, and its arguments.
pub(crate) fn changes(change: BudgetChange<'_>) -> Vec<String> {
    match change {
        BudgetChange::Release { challenge } => vec!["release".to_owned(), short_hex(challenge.as_bytes())],
        BudgetChange::Complete { number, keep_counted, remember_for } => vec![
            "complete".to_owned(),
            short_hex(number),
            u8::from(keep_counted).to_string(),
            millis(remember_for),
        ],
        BudgetChange::Forget => vec!["forget".to_owned()],
    }
}
