//! Calls of ports that are timed.

/// Call of a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// The provider sends a code.
    Send,
    /// The provider verifies a code.
    Verify,
    /// The store is read for a guard.
    Check,
    /// The store is read.
    Read,
    /// The store is written.
    Write,
}

/// Outcome of a call of a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Ok,
    Error,
}

impl Outcome {
    pub(crate) const fn of<T, E>(result: &Result<T, E>) -> Self {
        match result {
            Ok(_) => Self::Ok,
            Err(_) => Self::Error,
        }
    }
}

impl Operation {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Verify => "verify",
            Self::Check => "check",
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}
