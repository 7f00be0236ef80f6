//! Words of the action that an event is about.

use std::fmt;

use crate::action::Words;

/// Words of an action, or the function of the app that returns them.
#[derive(Clone, Copy)]
pub(super) enum EventWords<'a> {
    Known(&'a Words),
    From(&'a (dyn Fn() -> Words + Sync)),
}

/// Calls no function of the app, which might panic.
impl fmt::Debug for EventWords<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(words) => words.fmt(f),
            Self::From(_) => f.write_str("…"),
        }
    }
}
