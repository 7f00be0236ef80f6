//! First rule that a value breaks.

use std::cell::Cell;

use serde::ser::Error;

use crate::action::{canonical_limits::MAX_DEPTH, invalid::InvalidAction};

/// First rule that a value breaks. The error of the inner serializer cannot carry it.
#[derive(Default)]
pub(in crate::action) struct Rules(Cell<Option<InvalidAction>>);

impl Rules {
    /// Returns the rule that was broken.
    pub(in crate::action) fn broken(&self) -> Option<InvalidAction> {
        self.0.take()
    }

    /// Keeps the rule that was broken, and returns the error that stops the inner serializer.
    pub(super) fn reject<E: Error>(&self, problem: InvalidAction) -> E {
        let error = E::custom(&problem);
        let first = self.0.take().unwrap_or(problem);
        self.0.set(Some(first));
        error
    }

    /// Returns the depth of a value inside one of this depth.
    pub(super) fn deeper<E: Error>(&self, depth: u8) -> Result<u8, E> {
        if depth < MAX_DEPTH { Ok(depth + 1) } else { Err(self.reject(InvalidAction::TooDeep)) }
    }
}
