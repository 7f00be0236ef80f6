//! Actions that a person approves: words, canonical form and digest.
//!
//! 1. An [`Action`] is a value of the app, such as a payment. The approval is bound to the whole value, and not to some
//!    of its fields.
//! 2. [`Words`] are what a person reads before the code is entered. They name no language. [`Words::text`] writes them in
//!    one.
//! 3. The canonical form is strict JSON of the parsed value. It depends on no byte of the request, so the order of the
//!    fields of a form does not matter. What has no single form is an [`InvalidAction`].
//! 4. The [`ActionDigest`] covers a version, the scope, the name of the type and the canonical form.
//! 5. What is shown, kept and carried out is read from that form. So no part of it is outside of the digest.
//! 6. Text from a stranger, such as the name of a payee, is made safe in the one place that turns words into text
//!    [SEND-10].
//!
//! ```
//! use mfakit_core::{
//!     Messages, Scope,
//!     action::{Action, Money, Words, digest_of},
//! };
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize)]
//! struct Order {
//!     amount: Money,
//!     payee: String,
//!     reference: String,
//! }
//!
//! // `#[derive(Action)]` of mfakit writes this.
//! impl Action for Order {
//!     fn words(&self) -> Words {
//!         Words::new().with_amount(self.amount).with_payee(&self.payee)
//!     }
//! }
//!
//! let order = Order { amount: "100.00 EUR".parse()?, payee: "ACME Ltd".into(), reference: "2026-17".into() };
//! let text = order.words().text(&Messages::english(), "make a transfer");
//! assert_eq!(text.sentence(), "Send 100.00 EUR to ACME Ltd");
//!
//! let transfer = Scope::new("transfer")?;
//! let other = Order { payee: "ACME Inc".into(), ..order };
//! # let order = Order { amount: "100.00 EUR".parse()?, payee: "ACME Ltd".into(), reference: "2026-17".into() };
//! assert_ne!(digest_of(&transfer, &order)?, digest_of(&transfer, &other)?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod amount;
mod canonical;
mod canonical_limits;
mod currencies;
mod currency;
mod derived;
mod invalid;
mod invisible;
mod look_alike;
mod money;
pub(crate) mod safe_text;
mod sign;
mod strict;
mod text;
mod words;

use std::any::type_name;

use serde::{Serialize, de::DeserializeOwned};

pub use crate::approval::{ActionDigest, Approval, ApprovalId};
pub use amount::Amount;
pub use canonical::{CanonicalAction, decode, digest_of};
pub(crate) use canonical::{decode_kept, read_approved, read_back};
pub use canonical_limits::MAX_ACTION;
pub use currency::{Currency, InvalidCurrency};
pub use invalid::InvalidAction;
pub use money::{InvalidMoney, Money};
pub(crate) use text::sentence;
pub use text::{ActionText, TextLine};
pub use words::{Line, LineValue, Words};

/// Names that the derive writes. Exempt from semantic versioning.
#[doc(hidden)]
pub mod __private {
    pub use serde::{Serialize, de::DeserializeOwned};

    pub use crate::action::derived::{ByDisplay, Shown, amount, shown, text};
}

/// Value of the app that a person approves before it takes effect, such as a payment.
///
/// Derive it with `#[derive(Action)]`, beside `Serialize` and `Deserialize`. The digest covers everything that the value
/// serializes, so every field belongs to the approval. Numbers have to be integers, and sets have to be ordered
/// (`BTreeSet`). See [`InvalidAction`] for everything that has no canonical form.
///
/// The handler receives the value that is read from the canonical form, and not the one of the request. So what a type does
/// not write does not reach the handler: a nested field with `#[serde(default, skip_serializing)]` has its default, a time
/// that is written in seconds has no fraction, and of two variants that are written alike the handler receives the one that
/// `Deserialize` chooses. The derive rejects such options of serde on the type itself, because they are likely mistakes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an action that a person can approve",
    label = "not an action",
    note = "write `#[derive(serde::Serialize, serde::Deserialize, mfakit::Action)]` above it"
)]
pub trait Action: Serialize + DeserializeOwned + Send + Sync {
    /// Returns the words in which a person reads the action.
    fn words(&self) -> Words;

    /// Returns the name of the type, which is part of the digest. So two types with the same fields do not accept each other's
    /// approvals.
    ///
    /// The default is [`type_name`]. It changes when the type moves or is renamed, and may change with the version of
    /// the compiler. Approvals then end, and digests that were stored before do not match those of the new version.
    /// Types of the same name in two functions of one module also share it. `#[action(name = "order")]` above the type
    /// sets a name that does not change, and that must be unique in the app.
    #[must_use]
    fn name() -> &'static str {
        type_name::<Self>()
    }
}

/// Action whose words name an amount and a payee, so that a scope with [`psd2`](crate::DeclaredScope::psd2) can approve it.
///
/// `#[derive(Action)]` implements it for a type with both, which in an enum every variant must have. Implement it for a type
/// with an [`Action`] of your own:
///
/// ```
/// use mfakit_core::action::{Action, Money, Payment, Words};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct Refund {
///     amount: Money,
///     customer: u64,
/// }
///
/// impl Action for Refund {
///     fn words(&self) -> Words {
///         Words::new().with_amount(self.amount).with_payee(format!("customer {}", self.customer))
///     }
/// }
///
/// impl Payment for Refund {}
/// ```
///
/// A value of the type may still have no amount, one of zero, or a payee without a letter or digit. Such a value is
/// answered with 422.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a payment: some of its values have no amount or no payee",
    label = "not a payment",
    note = "mark a field with `#[action(amount)]` and another with `#[action(payee)]` below `#[derive(mfakit::Action)]`, in \
            each variant of an enum",
    note = "for a type with an `Action` of its own, write `impl mfakit::action::Payment for {Self} {{}}`",
    note = "for a scope that approves something else, write `.bound()` in place of `.psd2()`"
)]
pub trait Payment: Action {}
