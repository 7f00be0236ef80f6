//! Debug output of secrets.

use std::fmt;

/// Debug output that shows the name of a type and nothing of its value.
pub(crate) struct Redacted(pub(crate) &'static str);

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(…)", self.0)
    }
}
