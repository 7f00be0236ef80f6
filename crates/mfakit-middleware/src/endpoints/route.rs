//! Paths and methods of the routes.

use mfakit_core::{
    Mfa, Scope,
    adapter::{MfaExt as _, ScopeSettings},
};

use crate::{
    address::{NUMBER, RECOVER, RECOVERY_CODES, REMOVE_NUMBER, file_path, page_path},
    facts::Method,
};

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
    /// `/number`: the page of the number, and a new number.
    Number,
    /// `/number/remove`: removes the number.
    RemoveNumber,
    /// `/number/recover`: takes a recovery code.
    Recover,
    /// `/number/codes`: makes recovery codes.
    RecoveryCodes,
}

impl Route {
    /// Finds the scope and the route of a path below the mount path.
    ///
    /// The routes of the number exist only with a number book, which declares the scope of new numbers. Those of recovery
    /// need a recovery book, too.
    pub(super) fn find<'a>(mfa: &'a Mfa, path: &str) -> Option<(&'a ScopeSettings, Self)> {
        let of_number = match path {
            NUMBER => Some(Self::Number),
            REMOVE_NUMBER => Some(Self::RemoveNumber),
            RECOVER if mfa.has_recovery() => Some(Self::Recover),
            RECOVERY_CODES if mfa.has_recovery() => Some(Self::RecoveryCodes),
            _ => None,
        };
        if let Some(found) = mfa.scope(&Scope::ENROLL).zip(of_number) {
            return Some(found);
        }
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
            Self::Number => method.is_read() || method == Method::Post,
            Self::Challenge
            | Self::Verify
            | Self::Drop
            | Self::RemoveNumber
            | Self::Recover
            | Self::RecoveryCodes => method == Method::Post,
        }
    }

    /// Returns the methods of the route, for `Allow`.
    pub(super) const fn methods(self) -> &'static str {
        match self {
            Self::Page => "GET, HEAD, DELETE",
            Self::Number => "GET, HEAD, POST",
            Self::Challenge
            | Self::Verify
            | Self::Drop
            | Self::RemoveNumber
            | Self::Recover
            | Self::RecoveryCodes => "POST",
        }
    }

    /// Returns the address of the page of the route.
    pub(super) fn page(self, mfa: &Mfa, settings: &ScopeSettings) -> String {
        if self.is_about_number() { file_path(mfa, NUMBER) } else { page_path(mfa, settings.scope()) }
    }

    /// Returns whether the route is about the number of the person, and not about a scope.
    pub(super) const fn is_about_number(self) -> bool {
        matches!(self, Self::Number | Self::RemoveNumber | Self::Recover | Self::RecoveryCodes)
    }
}
