//! The static files that the standard app serves.

/// Folder of the files.
pub(crate) const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/http/served");
/// Text of `statement.txt`.
pub(crate) const STATEMENT: &str = include_str!("served/statement.txt");
