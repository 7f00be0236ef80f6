//! What spans the crates.

mod spine;
