//! Destination after the challenge page: the page to continue to, and the page to return to on cancel.
//!
//! The server derives it from the rejected request. A client cannot choose it, because it travels signed for
//! the scope and the session: in the address of the page, then in its forms, then in the challenge [WEB-4].

use std::time::Duration;

use mfakit_core::{
    LoginId, Mfa, Requirement, Scope,
    adapter::{MfaExt as _, Purpose, Site},
};

use crate::{
    client_kind::Representation,
    facts::{Facts, query_value},
    return_path::{ReturnPath, page_before},
};

/// Maximum length of the way back in bytes, so that the whole target fits into an address.
const MAX_BACK: usize = 512;

/// Destination of a request that a guard rejected, and the requirement of that guard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReturnTarget {
    /// Page to continue to.
    pub(crate) onward: ReturnPath,
    /// Page to return to on cancel.
    pub(crate) back: ReturnPath,
    /// Maximum age that the route requires, in seconds.
    max_age: Option<u64>,
    /// True if passing consumes the grant.
    once: bool,
}

impl ReturnTarget {
    /// Derives the target from a rejected request.
    ///
    /// The user continues to the request itself if it only reads and its answer is shown as a page. Otherwise, the user
    /// continues to the page that the request was sent from. If that is one of our own pages, its target is continued.
    /// The last resort is the home page.
    #[must_use]
    pub(crate) fn of_request(
        facts: &Facts,
        representation: Representation,
        requirement: &Requirement,
        mfa: &Mfa,
        login: &LoginId,
    ) -> Self {
        let site = mfa.site();
        let home = || ReturnPath::home(site);
        let before = page_before(facts, site);
        let page = before.as_deref().and_then(|page| ReturnPath::parse(page, site));
        let earlier = before.as_deref().and_then(|page| Self::of_our_page(page, mfa, login));
        let (onward, back) = match (page, earlier) {
            (Some(page), _) => (page.clone(), page),
            (None, Some(earlier)) => (earlier.onward, earlier.back),
            (None, None) => (home(), home()),
        };
        let reads = representation == Representation::Page && facts.method.is_read();
        let onward = if reads { ReturnPath::parse(&facts.target, site).unwrap_or_else(home) } else { onward };
        // On cancel, do not lead to a page that would reject the request again.
        let fits = back.as_str().len() <= MAX_BACK && !(reads && back == onward);
        let back = if fits { back } else { home() };
        Self::to(onward, back, requirement)
    }

    /// Returns the target of a program, which is not led anywhere.
    #[must_use]
    pub(crate) fn home(site: &Site, requirement: &Requirement) -> Self {
        Self::to(ReturnPath::home(site), ReturnPath::home(site), requirement)
    }

    /// Returns the target of a person who is about to change the number.
    #[must_use]
    pub(crate) fn number_page(site: &Site, requirement: &Requirement) -> Self {
        Self::to(ReturnPath::number_page(site), ReturnPath::number_page(site), requirement)
    }

    fn to(onward: ReturnPath, back: ReturnPath, requirement: &Requirement) -> Self {
        let max_age = requirement.max_age().map(|max_age| max_age.as_secs());
        Self { onward, back, max_age, once: requirement.is_once() }
    }

    /// Reads the target in the address of one of our own pages.
    fn of_our_page(page: &str, mfa: &Mfa, login: &LoginId) -> Option<Self> {
        let (path, _) = page.split_once('?')?;
        let scope = Scope::new(path.strip_prefix(mfa.site().path())?.strip_prefix('/')?).ok()?;
        SignedReturn::open(query_value(page, "return")?, mfa, &scope, login).map(|opened| opened.target)
    }

    /// Replaces both pages with the app's home page.
    #[must_use]
    pub(crate) fn homeward(self, site: &Site) -> Self {
        Self { onward: ReturnPath::home(site), back: ReturnPath::home(site), ..self }
    }

    /// Returns the requirement of the route that rejected the request.
    pub(crate) fn requirement(&self, scope: &Scope) -> Requirement {
        let requirement = Requirement::new(*scope);
        let requirement = if self.once { requirement.once() } else { requirement };
        match self.max_age {
            Some(seconds) => requirement.with_max_age(Duration::from_secs(seconds)),
            None => requirement,
        }
    }

    /// Writes the target as the text that is signed. Paths contain no line break.
    fn write(&self) -> String {
        let Self { onward, back, max_age, once } = self;
        let max_age = max_age.map(|seconds| seconds.to_string()).unwrap_or_default();
        let once = if *once { "once" } else { "" };
        format!("{max_age}\n{once}\n{onward}\n{back}")
    }

    /// Reads what [`write`](Self::write) wrote, as carefully as if it came from a client. The home page may be an
    /// address that no request can name, such as a place on a page. That must not invalidate the rest.
    fn read(written: &str, site: &Site) -> Option<Self> {
        let [max_age, once, onward, back] = written.split('\n').collect::<Vec<_>>().try_into().ok()?;
        let max_age = if max_age.is_empty() { None } else { Some(max_age.parse().ok()?) };
        let number = ReturnPath::number_page(site);
        let path = |path| match ReturnPath::parse(path, site) {
            Some(parsed) => parsed,
            None if path == number.as_str() => number.clone(),
            None => ReturnPath::home(site),
        };
        Some(Self { onward: path(onward), back: path(back), max_age, once: once == "once" })
    }
}

/// Return target together with its signed form, for a single scope and session.
///
/// A client's value is opened once, when the call is read. Everything after that uses the opened target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignedReturn {
    target: ReturnTarget,
    signed: String,
}

impl SignedReturn {
    /// Signs a target, as only this site's servers can.
    pub(crate) fn sign(target: ReturnTarget, mfa: &Mfa, scope: &Scope, login: &LoginId) -> Self {
        let signed = mfa.keys().sign(Purpose::Return, &context(scope, login), &target.write());
        Self { target, signed }
    }

    /// Opens a signed target. Returns `None` unless one of this site's servers signed it for the same scope and
    /// session.
    #[must_use]
    pub(crate) fn open(signed: String, mfa: &Mfa, scope: &Scope, login: &LoginId) -> Option<Self> {
        let written = mfa.keys().open(Purpose::Return, &context(scope, login), &signed)?;
        Some(Self { target: ReturnTarget::read(&written, mfa.site())?, signed })
    }

    /// Returns the opened target.
    pub(crate) const fn target(&self) -> &ReturnTarget {
        &self.target
    }

    /// Returns the target as it travels through a browser.
    pub(crate) fn as_str(&self) -> &str {
        &self.signed
    }
}

fn context<'a>(scope: &'a Scope, login: &'a LoginId) -> [&'a [u8]; 2] {
    [scope.as_str().as_bytes(), login.as_bytes()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_bank::bank;

    #[test]
    fn a_signed_target_is_read_with_the_same_care_as_an_unsigned_one() {
        let mfa = bank();
        let (scope, login) = (Scope::new("pay").unwrap(), LoginId::from_bytes([1; 16]));
        let open = |onward: &str, back: &str| {
            let written = format!("300\nonce\n{onward}\n{back}");
            let signed = mfa.keys().sign(Purpose::Return, &context(&scope, &login), &written);
            SignedReturn::open(signed, &mfa, &scope, &login).unwrap().target
        };
        let good = open("/settings?tab=2", "/account");
        assert_eq!((good.onward.as_str(), good.back.as_str()), ("/settings?tab=2", "/account"));
        let home = ReturnPath::home(mfa.site());
        for bad in
            ["//evil.example", "https://evil.example/", "/.//evil.example", "/mfa/pay", "", "/a#b", "/a b"]
        {
            let target = open(bad, bad);
            assert_eq!((&target.onward, &target.back), (&home, &home), "{bad:?}");
        }
    }
}
