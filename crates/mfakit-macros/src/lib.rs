//! The attribute `#[require_mfa]` of mfakit. Apps take it from the crate `mfakit`, which it needs at run time.
//!
//! What was written goes through these files, lowest first:
//!
//! - `mistake`: the errors, collected
//! - `scope` and `duration`: the grammars of the two values
//! - `arguments`: what stands in the attribute's parentheses
//! - `handler`: the function below it
//! - `model`: both together, with nothing left to doubt
//! - `expand`: the guarded function
//! - `fallback`: the errors, and the item beside them

#![forbid(unsafe_code)]

use proc_macro::TokenStream;

mod mistake;

mod duration;
mod scope;

mod arguments;
mod handler;
mod model;

mod expand;
mod fallback;

/// Lets a handler run only for somebody who has lately confirmed a code, in this log-in and for this scope.
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
/// The same attribute serves axum and actix-web. It needs mfakit's layer (axum) or middleware (actix-web)
/// around the app, and the scope declared in the builder; without them the handler answers 500.
///
/// # Options
///
/// | option | value | meaning |
/// |---|---|---|
/// | `scope` | a string literal, `[a-z0-9][a-z0-9._-]{0,31}`; required | what the handler protects |
/// | `max_age` | a string literal: whole numbers with the units `s`, `m`, `h`, `d`, largest first, as `"5m"`, `"1h30m"`; at most `"24h"` | how long ago the code may have been confirmed. Without it the scope's own lifetime counts; with it the shorter of the two |
/// | `once` | none | a code for every single request: passing uses the grant up, and of many requests with one grant one passes. May stand beside `max_age` |
/// | `crate` | a path, or a string literal that holds one | where the crate `mfakit` is, if not at `::mfakit` |
///
/// # What happens, and when
///
/// The handler's arguments become one extractor, which checks the requirement first and runs their own
/// extractors only then. A refused request therefore runs no extractor of the handler and reads no byte
/// of its body: whoever may not pass is told 401 (or, in a browser, sent to the page that asks for the code)
/// before anybody looks at what was sent. Middleware around the route has run by then, as it does
/// before every handler.
///
/// With `once` the grant is used up when the arguments are there, in one step, and then the handler runs. So a
/// request that one of its own extractors rejects, such as a form with a typo in it, costs no code; and a request
/// that finds the grant used by another one meanwhile is refused like any other, and the handler does not run. The
/// code is spent from that moment on, whatever the handler then says or the client still hears.
///
/// Return type, body, visibility, generics and the other attributes stay as they are.
///
/// # Where it goes
///
/// On an `async fn` that is a handler: a free function, or an associated function without `self`, also in a
/// generic `impl` block. Stacked, all of its uses must hold, and the lowest is asked first. Two uses of one scope,
/// both with `once`, can never hold together: every request that comes past the first is answered with 500, and
/// the log says why.
///
/// | other attribute | order |
/// |---|---|
/// | `#[tracing::instrument]`, actix-web's `#[get]`, `#[post]`, `#[routes]` | above or below |
/// | `#[utoipa::path]` | above, where it sees the arguments |
/// | `#[axum::debug_handler(state = ..)]` | below; above it cannot work, for it calls the function with the arguments it saw |
/// | `#[cfg]` on the whole function | either |
///
/// # Limits
///
/// - The function takes one argument afterwards, of a type that only a request makes. Other code cannot call
///   it: put what they share into a function of its own.
/// - No `self`, no `#[cfg]` on an argument, no variadics. Of the attributes on an argument only
///   `#[allow]` and `#[expect]` are taken along, and then for all arguments.
/// - A scope or an age that is known only at run time, or a check that depends on the request's content:
///   take the `StepUp` extractor and ask inside the handler.
/// - The frameworks' limits on the number of arguments stay: 16 in axum, 16 in actix-web.
///
/// # Errors
///
/// Every mistake is a compile error at its place that says what to write, and all are reported together.
#[proc_macro_attribute]
pub fn require_mfa(options: TokenStream, item: TokenStream) -> TokenStream {
    match model::Model::parse(options.into(), item.into()) {
        Ok(model) => expand::expand(&model),
        Err(fallback) => fallback.into_tokens(),
    }
    .into()
}
