//! What people type into the forms, and what becomes of it.

mod choice;
mod credentials;
mod order;

pub use choice::Choice;
pub use credentials::Credentials;
pub use order::{Order, Wrong};
