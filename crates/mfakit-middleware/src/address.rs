//! Addresses of our pages, as browsers request them. They are always relative references, so that no `Host`
//! header can influence them [WEB-14].
//! [WEB-14].

use mfakit_core::{Mfa, Scope, adapter::MfaExt as _};

/// The path of a scope's page.
pub(crate) fn page_path(mfa: &Mfa, scope: &Scope) -> String {
    format!("{}{}/{scope}", mfa.site().public_path(), mfa.site().path())
}

/// The path of a file beside the page.
pub(crate) fn file_path(mfa: &Mfa, file: &str) -> String {
    format!("{}{}{file}", mfa.site().public_path(), mfa.site().path())
}

/// The style sheet, below the mount path and a name that no scope can have.
pub(crate) const STYLE_SHEET: &str = "/-/page.css";

/// The module of JavaScript, likewise.
pub(crate) const MODULE: &str = "/-/mfa.js";
