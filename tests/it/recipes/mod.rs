//! Common session crates with mfakit. The code in `docs/recipes.md` is taken from these files.

mod actix_identity;
mod actix_session;
mod axum_login;
mod browser;
mod gateway;
mod jwt;
mod mfa;
mod phone_column;
mod tower_sessions;
mod walk;

/// Every piece of code in the recipes is in one of the files beside this one, line for line.
#[test]
fn the_code_of_the_recipes_is_tested_here() {
    let document = include_str!("../../../docs/recipes.md");
    // At any indentation in the file.
    let unindented = |text: &str| text.lines().map(str::trim).collect::<Vec<_>>().join("\n");
    let files = [
        ("tower_sessions", include_str!("tower_sessions.rs")),
        ("axum_login", include_str!("axum_login.rs")),
        ("actix_session", include_str!("actix_session.rs")),
        ("actix_identity", include_str!("actix_identity.rs")),
        ("gateway", include_str!("gateway.rs")),
        ("jwt", include_str!("jwt/mod.rs")),
        ("jwt/axum", include_str!("jwt/axum.rs")),
        ("jwt/actix", include_str!("jwt/actix.rs")),
        ("phone_column", include_str!("phone_column.rs")),
    ]
    .map(|(name, text)| (name, unindented(text)));
    let mut shown = Vec::new();
    for block in document.split("```rust").skip(1) {
        let (code, _) = block.split_once("```").unwrap();
        for item in unindented(code.trim()).split("\n\n") {
            let file = files.iter().find(|(_, text)| text.contains(item));
            let (name, _) = file.unwrap_or_else(|| panic!("no file has\n{item}"));
            shown.push(*name);
        }
    }
    for (name, _) in &files {
        assert!(shown.contains(name), "nothing of {name} is shown");
    }
}
