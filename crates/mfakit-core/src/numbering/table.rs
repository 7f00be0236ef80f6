//! Table of all numbering plans.

use std::sync::LazyLock;

use crate::numbering::{Record, read::read_records};

pub(super) const TEXT: &str = include_str!("plans.txt");

// The tests read the table, so the error is theirs. A table without plans would know no number, and reject all.
static RECORDS: LazyLock<Vec<Record<'static>>> = LazyLock::new(|| read_records(TEXT).unwrap_or_default());

/// Returns all plans in the order of their calling codes. Within a code, the main country comes first.
pub(crate) fn records() -> &'static [Record<'static>] {
    &RECORDS
}

/// Returns whether a country or territory has a plan.
pub(crate) fn has_territory(territory: &str) -> bool {
    records().iter().any(|record| record.territory == territory)
}
