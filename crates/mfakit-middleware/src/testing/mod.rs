//! The whole ceremony as one call, for the tests of apps.
//!
//! [`Confirm`] requests a code and enters it, with the headers that a browser sends. It works with any HTTP client: a
//! closure sends an [`HttpCall`] and returns an [`HttpReply`].

mod call;
mod confirm;
mod confirm_error;
#[cfg(feature = "tower")]
mod on_tower;

pub use call::{HttpCall, HttpReply};
pub use confirm::{Confirm, Confirmed};
pub use confirm_error::ConfirmError;
#[cfg(feature = "tower")]
pub use on_tower::on_tower;
