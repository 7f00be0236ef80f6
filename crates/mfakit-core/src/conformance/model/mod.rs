//! A store beside the simplest one there could be, over any sequence of operations.
//!
//! [`compare`] runs the operations on both and stops at the first answer that differs. Where the operations come from
//! is the caller's: a property test makes them up and shortens what fails.
//!
//! What the port leaves open is not asked: what has ended may still be there or not, a send is opened and an attempt
//! given back within ten minutes, and time does not run backwards.

mod answer;
mod budget;
mod history;
mod operation;
mod run;

pub use operation::{Operation, Person, Which};
pub use run::{Divergence, compare};
