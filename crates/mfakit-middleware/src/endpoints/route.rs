//! Paths and methods of the routes.

use mfakit_core::{
    Mfa, Scope,
    adapter::{MfaExt as _, ScopeSettings},
};

use crate::facts::Method;

/// Route that a path below the mount path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// `/{scope}`: the challenge page, and `DELETE` to revoke the grant.
    Page,
    /// `/{scope}/challenge`: sends a code.
    Challenge,
    /// `/{scope}/verify`: checks a code.
    Verify,
    /// `/{scope}/drop`: revokes the grant, for forms.
    Drop,
}

impl Route {
    /// Finds the scope and the route of a path below the mount path.
    pub(super) fn find<'a>(mfa: &'a Mfa, path: &str) -> Option<(&'a ScopeSettings, Self)> {
        let mut segments = path.strip_prefix('/')?.split('/');
        let settings = mfa.scope(&Scope::new(segments.next()?).ok()?)?;
        let route = match segments.next() {
            None => Self::Page,
            Some("challenge") => Self::Challenge,
            Some("verify") => Self::Verify,
            Some("drop") => Self::Drop,
            Some(_) => return None,
        };
        segments.next().is_none().then_some((settings, route))
    }

    /// Returns whether the route has this method.
    pub(super) fn allows(self, method: Method) -> bool {
        match self {
            Self::Page => method.is_read() || method == Method::Delete,
            Self::Challenge | Self::Verify | Self::Drop => method == Method::Post,
        }
    }

    /// Returns the methods of the route, for `Allow`.
    pub(super) const fn methods(self) -> &'static str {
        match self {
            Self::Page => "GET, HEAD, DELETE",
            Self::Challenge | Self::Verify | Self::Drop => "POST",
        }
    }
}
