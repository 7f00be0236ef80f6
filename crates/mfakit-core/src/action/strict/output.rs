//! Destination of a canonical form.

use std::fmt;

use smallvec::SmallVec;

use crate::action::{
    canonical_limits::{MAX_ACTION, MAX_DEPTH},
    invalid::InvalidAction,
};

/// Bytes of a canonical form while it is written. A form fits, or is too large, so it allocates nothing. The bytes that no
/// form needs are not cleared.
pub(in crate::action) type Buffer = SmallVec<[u8; MAX_ACTION]>;

/// Destination of a canonical form: the beginning of a buffer.
pub(in crate::action) struct Output<'a> {
    buffer: &'a mut Buffer,
    /// First rule that the value broke. An implementation of `Serialize` may ignore an error.
    broken: Option<InvalidAction>,
}

impl<'a> Output<'a> {
    pub(in crate::action) fn new(buffer: &'a mut Buffer) -> Self {
        Self { buffer, broken: None }
    }

    /// Returns the form after everything was written.
    pub(in crate::action) fn finish(self, written: Result<(), Rejected>) -> Result<&'a [u8], InvalidAction> {
        match (self.broken, written) {
            (Some(broken), _) => Err(broken),
            (None, Err(Rejected(problem))) => Err(problem),
            (None, Ok(())) => Ok(self.buffer.as_slice()),
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
        if bytes.len() > MAX_ACTION - self.buffer.len() || self.broken.is_some() {
            return Err(self.reject(InvalidAction::TooLarge));
        }
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    /// Returns the number of bytes that are written.
    pub(super) fn length(&self) -> usize {
        self.buffer.len()
    }

    /// Takes back what was written from a position on, to write it in another order.
    pub(super) fn take_back(&mut self, start: usize) -> Vec<u8> {
        let taken = self.buffer.get(start..).map(<[u8]>::to_vec).unwrap_or_default();
        self.buffer.truncate(start);
        taken
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
