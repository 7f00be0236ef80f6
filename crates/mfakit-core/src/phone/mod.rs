//! Phone numbers, the kinds of their lines, and their countries.

mod e164;
mod invalid;
mod lines;
mod number;
mod parse;
mod plan;
mod plans;
#[cfg(test)]
mod tests;

pub use invalid::InvalidPhoneNumber;
pub(crate) use lines::Line;
pub(crate) use number::Origin;
pub use number::PhoneNumber;
pub(crate) use plans::{calling_code, warm_up};
