//! The cases, by what they are about.

mod guards;

use crate::http::case::Case;

pub(super) fn all() -> Vec<Case> {
    [guards::cases()].into_iter().flatten().collect()
}
