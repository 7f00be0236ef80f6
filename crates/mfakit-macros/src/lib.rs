//! The attribute `#[require_mfa]` and the derive `Action` of mfakit. Apps use them through the `mfakit` crate, which they
//! need at run time.
//!
//! See [`macro@require_mfa`] and [`macro@Action`] for their options and examples.
//!
//! # Modules
//!
//! The attribute is processed by these modules, lowest first:
//!
//! - `mistake`: collects the errors
//! - `scope` and `duration`: the grammars of the two values
//! - `value`: the values of the options
//! - `arguments`: the options of the attribute
//! - `approve`: the marker of an argument
//! - `handler`: the function below it
//! - `fallback`: generates the errors, and the item beside them
//! - `model`: both together, checked
//! - `expand`: generates the guarded function
//!
//! The derive is processed in `action`.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

use proc_macro::TokenStream;

mod mistake;

mod duration;
mod scope;

mod value;

mod approve;
mod arguments;
mod handler;

mod fallback;

mod model;

mod expand;

mod action;

/// Requires step-up authentication for a handler.
///
/// The handler runs only if the user has recently entered a verification code for this scope, in this session.
///
/// # Examples
///
/// ```standalone_crate
/// # extern crate self as mfakit;
/// # pub use mfakit_macros::require_mfa;
/// # pub mod __private {
/// #     pub struct Require<const HI: u128, const LO: u128, const MAX_AGE: u64, const ONCE: bool>;
/// #     pub struct Guarded<R, T> { pub args: T, pub requirement: R }
/// # }
/// # mod app {
/// # struct State<T>(T);
/// # struct Form<T>(T);
/// # struct Bank;
/// # struct Order;
/// # struct Receipt;
/// # struct AppError;
/// # impl Bank {
/// #     async fn book(&self, _: Order) -> Result<Receipt, AppError> { Ok(Receipt) }
/// # }
/// use mfakit::require_mfa;
///
/// #[require_mfa(scope = "transfer", max_age = "5m")]
/// async fn transfer(State(bank): State<Bank>, Form(order): Form<Order>) -> Result<Receipt, AppError> {
///     bank.book(order).await
/// }
/// # }
/// # fn main() {}
/// ```
///
/// The attribute works with axum and actix-web. It needs mfakit's layer (axum) or middleware (actix-web) around the
/// app, and the scope must be declared in the builder. Otherwise the handler returns 500.
///
/// # Options
///
/// | option | value | meaning |
/// |---|---|---|
/// | `scope` | a string literal, `[a-z0-9][a-z0-9._-]{0,31}`, or the path of a `&str` constant, such as `scopes::TRANSFER`; required | the name of what the handler protects |
/// | `max_age` | a string literal: whole numbers with the units `s`, `m`, `h`, `d`, largest first, such as `"5m"` or `"1h30m"`; at most `"24h"` | the maximum time since the code was entered. Without it, the scope's own lifetime applies; with it, the shorter of the two |
/// | `once` | none | requires a code for every request. A request that passes consumes the grant, so that only one request passes per grant. It can be combined with `max_age` |
/// | `crate` | a path, or a string literal that contains one | the path of the `mfakit` crate, if it is not `::mfakit` |
///
/// # Evaluation
///
/// The handler's arguments become one extractor. It checks the requirement first, and runs the original extractors
/// only if the request passes. A rejected request is answered with a 401, or in a browser with a redirect to the
/// challenge page. No extractor, handler or inner service sees a byte of its body. The rest of the body is read and
/// discarded within limits, so that the client receives the response. Middleware around the route runs before the
/// check, as it does before every handler.
///
/// With `once`, the grant is consumed atomically after the arguments are extracted, immediately before the handler
/// runs. A request that one of the original extractors rejects, such as a form with a typo, therefore consumes no
/// grant. If another request has consumed the grant in the meantime, the request is rejected like any other, and the
/// handler does not run. The grant stays consumed even if the handler fails or the client disconnects.
///
/// The return type, the body, the visibility, the generics and the other attributes are not changed.
///
/// # Approved values
///
/// Mark the last argument with `#[approve]`, and a code is good for exactly the value of that argument. The type of the
/// value has `#[derive(Action)]`, and the argument is a `Form`, a `Json`, a `Query`, or an extractor of your own that
/// implements `ApprovedArgument`.
///
/// ```standalone_crate
/// # extern crate self as mfakit;
/// # pub use mfakit_macros::require_mfa;
/// # pub mod __private {
/// #     pub struct Require<const HI: u128, const LO: u128, const MAX_AGE: u64, const ONCE: bool>;
/// #     pub struct Bound<R, O, M> { pub rest: O, pub approved: M, pub requirement: R }
/// # }
/// # mod app {
/// # struct State<T>(T);
/// # struct Form<T>(T);
/// # struct Bank;
/// # struct Order;
/// # struct Receipt;
/// # struct AppError;
/// # impl Bank {
/// #     async fn book(&self, _: Order) -> Result<Receipt, AppError> { Ok(Receipt) }
/// # }
/// use mfakit::require_mfa;
///
/// #[require_mfa(scope = "transfer")]
/// async fn transfer(
///     State(bank): State<Bank>,
///     #[approve] Form(order): Form<Order>,
/// ) -> Result<Receipt, AppError> {
///     bank.book(order).await
/// }
/// # }
/// # fn main() {}
/// ```
///
/// Without a grant, only the marked argument is extracted, so that the user can read its words before entering a code. The
/// request is then rejected, and the handler does not run. With a grant for one value, a request with another value is
/// rejected in the same way, and needs its own code. The requirement is always `once`, with or without the option.
///
/// The other arguments are not approved. On axum, they cannot read the body. Do not take anything from a path or a header
/// that the user should have read.
///
/// # Placement
///
/// The attribute can be on an `async fn` that is a handler: a free function, or an associated function without
/// `self`, also in a generic `impl` block. If it is used several times, all requirements must hold, and the lowest is
/// checked first. A marked argument belongs to the highest. Two uses with `once` for the same scope can never hold
/// together: every request that passes the first is answered with a 500, and the log states the reason.
///
/// | other attribute | order |
/// |---|---|
/// | `#[tracing::instrument]`, actix-web's `#[get]`, `#[post]`, `#[routes]` | above or below |
/// | `#[utoipa::path]` | above, so that it sees the arguments |
/// | `#[axum::debug_handler(state = ..)]` | below. Above, it calls the function with the original arguments, which does not compile if there are several |
/// | `#[cfg]` on the whole function | above or below |
///
/// # Limits
///
/// - The resulting function has one argument, whose type can only be made from a request. Other code cannot call it,
///   so put shared code into a separate function.
/// - Arguments cannot be `self`, have a `#[cfg]`, or be variadic. An argument can have `#[approve]`, `#[allow]` and
///   `#[expect]`. The last two then apply to all arguments.
/// - A constant for the scope cannot depend on generic parameters, so it cannot be an associated constant of a generic
///   `Self`.
/// - The scope and the age must be known at compile time. If they are not, or if the check depends on the content of
///   the request, use the `StepUp` extractor and check inside the handler.
/// - The frameworks' limits on the number of arguments still apply: 16 in axum, 16 in actix-web.
///
/// # Errors
///
/// Every mistake is a compile error at the code in question, and states what to write instead. All mistakes are
/// reported together.
#[proc_macro_attribute]
pub fn require_mfa(options: TokenStream, item: TokenStream) -> TokenStream {
    match model::Model::parse(options.into(), item.into()) {
        Ok(model) => expand::expand(&model),
        Err(fallback) => fallback.into_tokens(),
    }
    .into()
}

/// Derives `Action` for a struct or an enum that a person approves, such as a payment.
///
/// The approval is bound to the whole value. The options choose what a person reads: on the challenge page, in the text
/// message, and in the call.
///
/// # Examples
///
/// ```standalone_crate
/// # extern crate self as mfakit;
/// # pub use mfakit_macros::Action;
/// # pub mod action {
/// #     #[derive(Clone, Copy)]
/// #     pub struct Money;
/// #     pub trait Action { fn words(&self) -> Words; }
/// #     pub trait Payment: Action {}
/// #     pub struct Words(pub Vec<String>);
/// #     impl Words {
/// #         pub fn new() -> Self { Self(Vec::new()) }
/// #         pub fn with_amount(self, _: Money) -> Self { self }
/// #         pub fn with_payee(mut self, payee: String) -> Self { self.0.push(payee); self }
/// #         pub fn with_line(mut self, label: &str, value: String) -> Self {
/// #             self.0.push(format!("{label}: {value}"));
/// #             self
/// #         }
/// #     }
/// #     pub mod __private {
/// #         pub struct Shown(String);
/// #         pub fn shown(value: &impl ToString) -> Shown { Shown(value.to_string()) }
/// #         pub fn amount(value: &super::Money) -> Option<super::Money> { Some(*value) }
/// #         pub fn text(value: &impl ToString) -> String { value.to_string() }
/// #         pub trait ByDisplay { fn mfakit_line_value(&self) -> String; }
/// #         impl ByDisplay for &Shown { fn mfakit_line_value(&self) -> String { self.0.clone() } }
/// #     }
/// # }
/// # mod app {
/// # use mfakit::action::Action as _;
/// use mfakit::{Action, action::Money};
///
/// # /*
/// #[derive(Serialize, Deserialize, Action)]
/// # */
/// # #[derive(Action)]
/// struct Order {
///     #[action(amount)]
///     amount: Money,
///     #[action(payee)]
///     payee: String,
///     #[action(line)]
///     reference: String,
///     /// Not shown, and still part of what is approved.
///     branch: u32,
/// }
/// # pub(crate) fn test() {
/// #     let order = Order { amount: Money, payee: "ACME Ltd".into(), reference: "17".into(), branch: 1 };
/// #     assert_eq!(order.words().0, ["ACME Ltd", "Reference: 17"]);
/// #     let _ = order.branch;
/// # }
/// # }
/// # fn main() { app::test() }
/// ```
///
/// # Options
///
/// | option | place | meaning |
/// |---|---|---|
/// | `amount` | a field of type `Money` or `Option<Money>`; once | the amount, in the sentence "Send 100.00 EUR to ACME Ltd" |
/// | `payee` | a field that implements `Display`, or an `Option` of one; once | the payee, in the same sentence |
/// | `line` | such a field, or a `Vec` of such values | a line of the challenge page, with the name of the field as its label. Each item of a `Vec` has a line of its own |
/// | `line = "Due date"` | the same | a line with this label. `Messages::line` translates it |
/// | `name = "order"` | a type without type parameters | the name of the type in the digest, which must be unique in the app. Without this option, it is the type's path, and approvals end when the type moves |
/// | `crate = path::to::mfakit` | the type | the path of the `mfakit` crate, if it is not `::mfakit` |
///
/// In an enum, each variant has its own amount and payee. A type in which every variant has both is also a `Payment`, which
/// a scope with `.psd2()` requires.
///
/// # Canonical form
///
/// The type also needs `Serialize` and `Deserialize`, without options of serde that leave out or merge parts of the value.
/// Renaming fields is fine. A field without an option is not shown, and a different value of it is a different action.
/// The handler receives what `Deserialize` reads from the canonical form.
///
/// # Errors
///
/// Every mistake is a compile error at the code in question, and states what to write instead. The derive sees the names
/// of types, and not what is behind an alias. The rest is an error when the value is written: see `InvalidAction`.
#[proc_macro_derive(Action, attributes(action))]
pub fn derive_action(item: TokenStream) -> TokenStream {
    match action::Model::parse(item.into()) {
        Ok(model) => action::expand(&model),
        Err(error) => error.to_compile_error(),
    }
    .into()
}
