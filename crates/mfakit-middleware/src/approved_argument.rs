//! Arguments whose value a person can approve.

use mfakit_core::action::Action;

/// Extractor of a value that a person approves: the argument of a handler with the marker `#[approve]`.
///
/// `Form`, `Json` and `Query` of axum and actix-web implement it. Implement it for an extractor of your own, such as one that
/// validates the value:
///
/// ```
/// use mfakit_core::action::Action;
/// use mfakit_middleware::ApprovedArgument;
///
/// /// Value that is within the limits of the bank.
/// struct Valid<A>(A);
///
/// impl<A: Action> ApprovedArgument for Valid<A> {
///     type Action = A;
///
///     fn action(&self) -> &A {
///         &self.0
///     }
///
///     fn of_action(action: A) -> Self {
///         Self(action)
///     }
/// }
/// ```
///
/// The extractor runs before a code is requested, and its rejection is then the answer to the request. After the code was
/// entered, it runs again for a repeated request. A request that names its approval instead is not extracted.
///
/// In both cases, the handler receives the argument that [`of_action`](Self::of_action) creates from the approved value, and
/// not the one that was extracted. Whatever else the extractor has is not approved, so it is gone: look it up in
/// the handler, or make it part of the action.
#[diagnostic::on_unimplemented(
    message = "a person cannot approve the value of `{Self}`",
    label = "not an argument that can be approved",
    note = "mark a `Form`, `Json` or `Query` of a type with `#[derive(Action)]`, or implement `ApprovedArgument` for an \
            extractor of your own",
    note = "for an extractor of another crate, write a struct of your own around it"
)]
pub trait ApprovedArgument {
    /// Type of the value.
    type Action: Action;

    /// Returns the value that was extracted.
    fn action(&self) -> &Self::Action;

    /// Creates the argument from the value that was approved. The handler receives this argument.
    fn of_action(action: Self::Action) -> Self;
}

/// Implements [`ApprovedArgument`] for extractors that hold their value and nothing else.
#[cfg(any(feature = "actix", feature = "axum"))]
macro_rules! approved_arguments {
    ($($extractor:ident),+) => {$(
        impl<A: mfakit_core::action::Action> $crate::approved_argument::ApprovedArgument for $extractor<A> {
            type Action = A;

            fn action(&self) -> &A {
                &self.0
            }

            fn of_action(action: A) -> Self {
                Self(action)
            }
        }
    )+};
}

#[cfg(any(feature = "actix", feature = "axum"))]
pub(crate) use approved_arguments;
