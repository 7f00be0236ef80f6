//! A number's life: a person adds, replaces and removes the number that codes are sent to [ENROL-1].
//!
//! 1. A number that a person enters is an *action* that is kept for the session, in the scope
//!    [`Scope::ENROLL`](crate::scope::Scope::ENROLL). So challenges, resends, expiry, revocation and the challenge page serve
//!    it like any other action. The canonical form of the action is the encrypted number.
//! 2. A code to the new number proves possession, and nothing else. Replacing or removing a number requires a grant of
//!    [`Scope::MANAGE`](crate::scope::Scope::MANAGE), which a code to the number *on file* gives. Adding the first
//!    number requires a fresh sign-in.
//! 3. This is judged when the number is entered, when its code is sent, and when the code is entered: see `may_change`.
//! 4. A proposal holds only for the number that was on file when it was made: see `proposed`.
//! 5. A change ends everything that the earlier number proved: see `change`.

mod change;
mod change_denied;
mod claim;
mod confirm_error;
mod confirm_number;
mod enroll_error;
mod late_change;
mod mark;
mod may_change;
mod not_changed;
mod number_changed;
mod number_rejection;
mod number_situation;
mod propose_number;
mod proposed;
mod remove_number;

pub use change_denied::ChangeDenied;
pub use confirm_error::ConfirmNumberError;
pub use confirm_number::ConfirmedNumber;
pub use enroll_error::EnrollError;
pub(super) use mark::Mark;
pub(super) use may_change::{NotPermitted, Permission, Step};
pub use number_rejection::NumberRejection;
pub use number_situation::{NumberSituation, PendingNumber};
pub use propose_number::ProposedNumber;
pub(super) use proposed::Proposed;
