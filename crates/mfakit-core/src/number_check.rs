//! Port to the app's own information about a phone number: its line, its SIM card and its owner.
//!
//! 1. The engine asks before a code is sent. For a scope that is [settled](crate::DeclaredScope::settled), it asks again
//!    before a code is compared. It never asks when a page is shown.
//! 2. A call is made only after the send or the attempt was counted, so the limits apply to the number of calls too.
//! 3. A check can only reject. It never lets a send pass that the engine rejects.
//! 4. Each answer is an event with its facts. The answer to the person says less: see [`Answer`].

mod answer;
mod failures;
mod inquiry;

use std::{fmt, sync::Arc};

use async_trait::async_trait;

pub use self::{
    answer::{Answer, Facts, LineType, Opinion},
    failures::{OnCheckError, OnCheckErrors},
    inquiry::{Inquiry, Moment},
};
use crate::box_error::BoxError;

/// Check of a phone number, such as a lookup of its line type, of a recent SIM swap, or of a number that has been given to
/// another person [SEND-7].
///
/// The engine asks at these [moments](Moment):
///
/// | moment | the number | if it is rejected |
/// |---|---|---|
/// | [`Enrollment`](Moment::Enrollment) | was entered by the person, and a code to it is to be sent | the number cannot be added |
/// | [`Send`](Moment::Send) | is on file, and a code to it is to be sent | no code is sent |
/// | [`Settled`](Moment::Settled) | is on file, and a code for a settled scope is to be sent or compared | no code is sent, or the challenge ends |
///
/// You can implement this trait outside this crate, with the crate `async-trait`. An `Arc` or a `Box` of a check is a
/// check.
///
/// ```
/// use async_trait::async_trait;
/// use mfakit_core::{
///     BoxError, NumberCheck, PhoneNumber, Timestamp,
///     number_check::{Answer, Facts, Inquiry, Moment},
/// };
///
/// /// Stands for the client of a service that knows SIM cards.
/// struct Carrier;
///
/// impl Carrier {
///     async fn was_swapped_since(&self, number: &PhoneNumber, day: Timestamp) -> Result<bool, BoxError> {
///         Ok(number.last_two() == "99")
///     }
/// }
///
/// #[async_trait]
/// impl NumberCheck for Carrier {
///     async fn check(&self, inquiry: &Inquiry<'_>) -> Result<Answer, BoxError> {
///         let (Moment::Settled, Some(day)) = (inquiry.moment, inquiry.confirmed_at) else {
///             return Ok(Answer::accept());
///         };
///         let swapped = self.was_swapped_since(inquiry.number, day).await?;
///         let answer = if swapped { Answer::reject() } else { Answer::accept() };
///         Ok(answer.with_facts(Facts::new().sim_swapped(swapped)))
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number check",
    label = "not a number check",
    note = "implement `NumberCheck` for a type of your own, with `#[async_trait]`",
    note = "a closure is not a number check; put what it captures into the fields of that type"
)]
#[async_trait]
pub trait NumberCheck: Send + Sync + 'static {
    /// Judges a number.
    ///
    /// # Errors
    ///
    /// Returns an error if nothing could be found out. The [`OnCheckErrors`] that were passed with the check then
    /// decide.
    async fn check(&self, inquiry: &Inquiry<'_>) -> Result<Answer, BoxError>;
}

/// A shared check.
#[async_trait]
impl<C: NumberCheck + ?Sized> NumberCheck for Arc<C> {
    async fn check(&self, inquiry: &Inquiry<'_>) -> Result<Answer, BoxError> {
        (**self).check(inquiry).await
    }
}

/// A check that is chosen at run time.
#[async_trait]
impl<C: NumberCheck + ?Sized> NumberCheck for Box<C> {
    async fn check(&self, inquiry: &Inquiry<'_>) -> Result<Answer, BoxError> {
        (**self).check(inquiry).await
    }
}

impl fmt::Debug for dyn NumberCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NumberCheck")
    }
}
