//! The cases, by what they are about.

mod guards;
mod start;
mod verify;

use crate::http::case::Case;

pub(super) fn all() -> Vec<Case> {
    [guards::cases(), start::cases(), verify::cases()].into_iter().flatten().collect()
}
