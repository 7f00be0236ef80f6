//! The static files that the standard app serves.

/// Where they are.
pub(crate) const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/http/served");
/// What `statement.txt` says.
pub(crate) const STATEMENT: &str = include_str!("served/statement.txt");
