//! Where our pages stand. Always relative to the site: a `Host` header has no say [WEB-14].

use mfakit_core::{Mfa, Scope};

/// The path of a scope's page.
pub(crate) fn page_path(mfa: &Mfa, scope: &Scope) -> String {
    format!("{}/{scope}", mfa.site().path())
}

/// The path of the style sheet, below a name that no scope can have.
pub(crate) fn stylesheet_path(mfa: &Mfa) -> String {
    format!("{}{STYLESHEET}", mfa.site().path())
}

/// The same below the mount path.
pub(crate) const STYLESHEET: &str = "/-/page.css";
