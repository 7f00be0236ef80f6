//! Common session crates with mfakit. The code in `docs/recipes.md` is taken from these files.

mod actix_identity;
mod actix_session;
mod axum_login;
pub(crate) mod browser;
mod gateway;
mod jwt;
mod mfa;
mod payment;
mod phone_column;
mod sim_swap;
mod support;
mod tower_sessions;
mod walk;

use crate::shown_code::assert_shown;

/// Every piece of code in the recipes is in one of the files beside this one, line for line.
#[test]
fn the_code_of_the_recipes_is_tested_here() {
    let document = include_str!("../../../docs/recipes.md");
    let files = [
        ("tower_sessions", include_str!("tower_sessions.rs")),
        ("axum_login", include_str!("axum_login.rs")),
        ("actix_session", include_str!("actix_session.rs")),
        ("actix_identity", include_str!("actix_identity.rs")),
        ("gateway", include_str!("gateway.rs")),
        ("jwt", include_str!("jwt/mod.rs")),
        ("jwt/axum", include_str!("jwt/axum.rs")),
        ("jwt/actix", include_str!("jwt/actix.rs")),
        ("payment", include_str!("payment.rs")),
        ("phone_column", include_str!("phone_column.rs")),
        ("support", include_str!("support.rs")),
        ("sim_swap", include_str!("sim_swap/mod.rs")),
    ];
    assert_shown(document, &files);
}
