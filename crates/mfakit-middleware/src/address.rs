//! Addresses of our pages, as browsers request them. They are always relative references, so that no `Host`
//! header can influence them [WEB-14].

use mfakit_core::{Mfa, Scope, adapter::MfaExt as _};

use crate::return_path;

/// Returns the path of a scope's challenge page.
pub(crate) fn page_path(mfa: &Mfa, scope: &Scope) -> String {
    format!("{}{}/{scope}", mfa.site().public_path(), mfa.site().path())
}

/// Path below the mount path of the page on which people see and change their number. With a number book, no scope has this
/// name.
pub(crate) const NUMBER: &str = return_path::NUMBER;

/// Path below the mount path that removes the number.
pub(crate) const REMOVE_NUMBER: &str = "/number/remove";

/// Path below the mount path that takes a recovery code.
pub(crate) const RECOVER: &str = "/number/recover";

/// Path below the mount path that makes recovery codes.
pub(crate) const RECOVERY_CODES: &str = "/number/codes";

/// Returns the path of a file that belongs to the page.
pub(crate) fn file_path(mfa: &Mfa, file: &str) -> String {
    format!("{}{}{file}", mfa.site().public_path(), mfa.site().path())
}

/// Path of the style sheet below the mount path. Its first segment is not a valid scope.
pub(crate) const STYLE_SHEET: &str = "/-/page.css";

/// Path of the JavaScript module below the mount path.
pub(crate) const MODULE: &str = "/-/mfa.js";

/// Path of the module for front ends on another origin and for bearer tokens.
pub(crate) const REMOTE_MODULE: &str = "/-/mfa-remote.js";
