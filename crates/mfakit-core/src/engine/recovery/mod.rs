//! Recovery: a person who lost the phone replaces its number without a code to it.
//!
//! 1. Two things open the replacement. A *recovery code* opens it for this session, for ten minutes. The *app* opens it for
//!    any session with a fresh sign-in, after its own checks and after a waiting time, in which the owner can object.
//! 2. An opening is a permission to replace the number, and nothing else: not to remove it, not to make new recovery codes.
//!    It is never a grant, so no guard accepts it. The code to the new number is still required.
//! 3. Codes and openings are one text for each user in the app's [`RecoveryBook`](crate::recovery_book::RecoveryBook). Every
//!    change is one compare-and-set of this text, so exactly one of all concurrent calls wins: see `kept` and `rewrite`.
//! 4. An opening names the number that it is about. It ends with any change of the number, with a code to that number, and
//!    with a revocation of the user: see `opening` and `revoke`.
//! 5. If the book does not answer, the store notes that openings are to end: see `closing`. If the store fails as well, the
//!    process remembers it, and tries again: see `owed` and `pay`.
//! 6. The store remembers codes and openings that are over, so that a text from a backup does not revive them: see `over`.
//! 7. What cannot be read opens nothing.

mod administer;
mod attempts;
mod close;
mod closing;
mod error;
mod judge;
mod kept;
mod make_codes;
mod opening;
mod over;
mod owed;
mod pay;
mod revoke;
mod rewrite;
mod situation;
mod tag;
mod use_code;

pub use administer::Recovery;
pub use error::RecoverError;
pub(super) use kept::Permitted;
pub use make_codes::RecoveryCodes;
pub(super) use owed::Owed;
pub use situation::{RecoveryCodesLeft, RecoveryOpening, RecoverySituation, RecoveryStatus};
pub use use_code::Recovered;
