//! What a secret shows of itself.

use std::fmt;

/// Shows a type's name and nothing of its value.
pub(crate) struct Redacted(pub(crate) &'static str);

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(…)", self.0)
    }
}
