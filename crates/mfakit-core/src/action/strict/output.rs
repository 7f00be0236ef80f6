//! Destination of a canonical form.

use std::fmt;

use crate::action::{
    canonical_limits::{MAX_ACTION, MAX_DEPTH},
    invalid::InvalidAction,
};

/// Destination of bytes.
pub(in crate::action) trait Sink {
    /// Takes the next bytes.
    fn take(&mut self, bytes: &[u8]);
}

/// Sink that takes at most [`MAX_ACTION`] bytes.
pub(in crate::action) struct Output<'a, S> {
    sink: &'a mut S,
    left: usize,
    /// First rule that the value broke. An implementation of `Serialize` may ignore an error.
    broken: Option<InvalidAction>,
}

impl<'a, S: Sink> Output<'a, S> {
    pub(in crate::action) const fn new(sink: &'a mut S) -> Self {
        Self { sink, left: MAX_ACTION, broken: None }
    }

    /// Returns the result after everything was written.
    pub(in crate::action) fn finish(self, written: Result<(), Rejected>) -> Result<(), InvalidAction> {
        match (self.broken, written) {
            (Some(broken), _) => Err(broken),
            (None, Err(Rejected(problem))) => Err(problem),
            (None, Ok(())) => Ok(()),
        }
    }

    /// Rejects the value.
    #[cold]
    pub(super) fn reject(&mut self, problem: InvalidAction) -> Rejected {
        self.broken.get_or_insert_with(|| problem.clone());
        Rejected(problem)
    }

    /// Writes bytes of JSON.
    #[inline]
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Rejected> {
        match self.left.checked_sub(bytes.len()) {
            Some(left) if self.broken.is_none() => {
                self.left = left;
                self.sink.take(bytes);
                Ok(())
            }
            _ => Err(self.reject(InvalidAction::TooLarge)),
        }
    }

    /// Returns the depth of a value inside one of this depth.
    pub(super) fn deeper(&mut self, depth: u8) -> Result<u8, Rejected> {
        if depth < MAX_DEPTH { Ok(depth + 1) } else { Err(self.reject(InvalidAction::TooDeep)) }
    }
}

/// Error that stops a serializer.
#[derive(Debug)]
pub(in crate::action) struct Rejected(pub(super) InvalidAction);

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Rejected {}

impl serde::ser::Error for Rejected {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(InvalidAction::Serialize(message.to_string()))
    }
}
