//! Actions that a person approves: words, canonical form and digest.
//!
//! 1. An [`Action`] is a value of the app, such as a payment. The approval is bound to the whole value, and not to some
//!    of its fields.
//! 2. [`Words`] are what a person reads before the code is entered. They name no language. [`Words::text`] writes them in
//!    one.
//! 3. The canonical form is strict JSON of the parsed value. It depends on no byte of the request, so the order of the
//!    fields of a form does not matter. What has no single form is an [`InvalidAction`].
//! 4. The [`ActionDigest`] covers a version, the scope and the canonical form.
//! 5. Text from a stranger, such as the name of a payee, is made safe in one place, in which words become text [SEND-10].
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
mod strict;
mod text;
mod words;

use serde::{Serialize, de::DeserializeOwned};

pub use crate::approval::{ActionDigest, Approval, ApprovalId};
pub use amount::Amount;
pub(crate) use canonical::digest_of_bytes;
pub use canonical::{CanonicalAction, decode, digest_of};
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
/// serializes, so every field belongs to the approval. Maps have to be ordered (`BTreeMap`), and numbers have to be
/// integers. See [`InvalidAction`] for everything that has no canonical form.
///
/// A field's type decides what it serializes. Leave nothing out in an implementation of `Serialize`, and write no two
/// values alike: what is not written is not approved. The derive rejects `#[serde(skip_serializing)]`, `untagged` and the
/// like on the type itself, and cannot see them on the types of its fields.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an action that a person can approve",
    label = "not an action",
    note = "write `#[derive(serde::Serialize, serde::Deserialize, mfakit::Action)]` above it"
)]
pub trait Action: Serialize + DeserializeOwned + Send + Sync {
    /// Returns the words in which a person reads the action.
    fn words(&self) -> Words;
}
