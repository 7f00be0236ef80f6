//! A handler in a module that shadows every name the expansion could use.

#![allow(dead_code, non_camel_case_types, non_upper_case_globals)]

mod hostile {
    use axum::extract::State;

    pub mod std {}
    pub mod core {}
    pub mod mfakit {}
    pub mod __private {}
    pub struct Guarded;
    pub struct Require;
    pub struct Result;
    pub struct Option;
    pub struct String;
    pub trait Send {}
    pub type u128 = ();
    pub type u64 = ();
    pub const args: () = ();
    pub const None: () = ();
    #[allow(non_snake_case)]
    pub fn Ok() {}
    #[allow(non_snake_case)]
    pub fn Some() {}

    #[::mfakit::require_mfa(scope = "transfer", max_age = "5m")]
    pub async fn transfer(State(value): State<u8>, body: ::std::string::String) -> ::std::string::String {
        ::std::format!("{value}{body}")
    }

    /// Has arguments with the names of parts of the expansion.
    #[::mfakit::require_mfa(scope = "transfer")]
    pub async fn named(State(guarded): State<u8>, require: ::std::string::String) -> ::std::string::String {
        ::std::format!("{guarded}{require}")
    }
}

#[test]
fn shadowed_names_do_not_change_the_expansion() {
    let _app: axum::Router = axum::Router::new()
        .route("/transfer", axum::routing::post(hostile::transfer))
        .route("/named", axum::routing::post(hostile::named))
        .with_state(1);
}
