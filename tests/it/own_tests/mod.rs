//! Tests of an app with mfakit, as its own developers write them. The code in `docs/testing.md` is taken from these files.

#![allow(unreachable_pub, reason = "an app's tests share their items by `pub`")]

mod actix;
mod app;
mod axum;
mod failures;
mod over_http;
mod payment;
mod release;
mod send;

use std::iter::once;

use crate::shown_code::assert_shown;

/// Every piece of code in the document is in one of the files beside this one, line for line.
#[test]
fn the_code_of_the_page_on_testing_is_tested_here() {
    let document = include_str!("../../../docs/testing.md");
    let files = [
        ("app", include_str!("app.rs")),
        ("axum", include_str!("axum.rs")),
        ("over_http", include_str!("over_http.rs")),
        ("send", include_str!("send.rs")),
        ("payment", include_str!("payment.rs")),
        ("failures", include_str!("failures.rs")),
        ("actix", include_str!("actix.rs")),
        ("redis", include_str!("../../redis/own_tests.rs")),
    ];
    assert_shown(document, &files);
    let hidden = document.lines().chain(once("")).find(|line| line.starts_with("# ") && line.contains(';'));
    assert_eq!(hidden, None, "a hidden line of rustdoc is visible on the page");
}
