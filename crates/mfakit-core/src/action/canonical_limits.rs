//! Limits of the canonical form.

/// Maximum length of the canonical form of an action, in bytes.
pub const MAX_ACTION: usize = 4096;

/// Maximum number of values that contain each other.
pub(crate) const MAX_DEPTH: u8 = 64;
