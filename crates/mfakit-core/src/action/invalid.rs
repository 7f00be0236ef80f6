//! Errors of actions without a canonical form.

use crate::action::canonical_limits::{MAX_ACTION, MAX_DEPTH};

/// Error for a value that cannot be approved, because it has no single canonical form.
///
/// Except for [`TooLarge`](Self::TooLarge) and [`TooDeep`](Self::TooDeep), which a request can cause, each is a mistake in
/// the type.
///
/// ```
/// use mfakit_core::{Scope, action::{Action, Words, digest_of}, error::InvalidAction};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct Order {
///     amount: f64,
/// }
///
/// impl Action for Order {
///     fn words(&self) -> Words {
///         Words::new()
///     }
/// }
///
/// let error = digest_of(&Scope::new("transfer")?, &Order { amount: 0.1 }).unwrap_err();
/// assert_eq!(error, InvalidAction::Float);
/// # Ok::<(), mfakit_core::error::InvalidScope>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidAction {
    /// The value contains a floating-point number.
    #[error("it contains a floating-point number: use Money, an integer or a string")]
    Float,
    /// The value contains an option whose `Some` is written like its `None`.
    #[error("it contains a Some that is written like None, as in Option<Option<_>>: use an enum")]
    NestedOption,
    /// A map has a key twice, or keys of several types.
    #[error("it contains a map with the same key twice, or with keys of several types: use BTreeMap")]
    MapKeyTwice,
    /// A key of a map is not a string, an integer, a character, a bool or a variant without fields.
    #[error("it contains a map whose keys are not strings or integers: use a Vec of pairs")]
    MapKey,
    /// A field was left out of the serialized value.
    #[error(
        "the field `{field}` is left out: remove #[serde(skip_serializing_if)], because the whole value is approved"
    )]
    Skipped {
        /// Name of the field.
        field: &'static str,
    },
    /// The value contains unparsed JSON, or a number of arbitrary precision.
    #[error("it contains unparsed JSON: use a type that is parsed, not RawValue or Number")]
    RawJson,
    /// The value is nested too deeply.
    #[error("it is nested more than {MAX_DEPTH} levels deep")]
    TooDeep,
    /// The canonical form is longer than [`MAX_ACTION`](crate::action::MAX_ACTION) bytes.
    #[error("its canonical form has more than {MAX_ACTION} bytes")]
    TooLarge,
    /// The value's own `Serialize` returned an error.
    #[error("it cannot be serialized: {0}")]
    Serialize(String),
    /// The canonical form cannot be read back as a value of the type.
    #[error("its canonical form cannot be read back: {0}")]
    Unreadable(String),
    /// The value that is read back differs from the one that was written.
    #[error(
        "it is not the same after it is written and read back: Serialize and Deserialize must agree on every field, \
         and a set must have an order, as BTreeSet has"
    )]
    Changed,
}

impl InvalidAction {
    /// Returns whether the size of the value is the problem, rather than its type. A request can cause this.
    #[must_use]
    pub const fn is_too_large(&self) -> bool {
        matches!(self, Self::TooLarge | Self::TooDeep)
    }
}
