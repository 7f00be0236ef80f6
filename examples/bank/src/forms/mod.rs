//! Forms that customers submit.

mod choice;
mod credentials;
mod order;

pub use choice::Choice;
pub use credentials::Credentials;
pub use order::{Order, OrderErrors};
