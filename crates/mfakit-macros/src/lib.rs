//! The attribute `#[require_mfa]` of mfakit. Apps use it through the `mfakit` crate, which it needs at run time.
//!
//! See [`macro@require_mfa`] for its options and examples.
//!
//! # Modules
//!
//! The attribute is processed by these modules, lowest first:
//!
//! - `mistake`: collects the errors
//! - `scope` and `duration`: the grammars of the two values
//! - `value`: the values of the options
//! - `arguments`: the options of the attribute
//! - `handler`: the function below it
//! - `fallback`: generates the errors, and the item beside them
//! - `model`: both together, checked
//! - `expand`: generates the guarded function
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

use proc_macro::TokenStream;

mod mistake;

mod duration;
mod scope;

mod value;

mod arguments;
mod handler;

mod fallback;

mod model;

mod expand;

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
/// # Placement
///
/// The attribute can be on an `async fn` that is a handler: a free function, or an associated function without
/// `self`, also in a generic `impl` block. If it is used several times, all requirements must hold, and the lowest is
/// checked first. Two uses with `once` for the same scope can never hold together: every request that passes the
/// first is answered with a 500, and the log states why.
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
/// - Arguments cannot be `self`, have a `#[cfg]`, or be variadic. Of the attributes on an argument, only `#[allow]`
///   and `#[expect]` are kept, and they then apply to all arguments.
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
