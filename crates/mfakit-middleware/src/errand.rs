//! Errands: the destination of a request that a guard rejected, and the page to go back to.
//!
//! The server derives the errand from the rejected request. A client cannot choose it, because it travels
//! sealed to the scope and the session: in the address of the page, then in its forms, then in the challenge
//! [WEB-4].

use std::time::Duration;

use mfakit_core::{
    LoginId, Mfa, Requirement, Scope,
    adapter::{KeyRing, Purpose, Site},
};

use crate::{
    client_kind::Representation,
    facts::{Facts, query_value},
    return_to::{ReturnTo, page_before},
};

/// Maximum length of the way back in bytes, so that the whole errand fits into an address.
const MAX_BACK: usize = 512;

/// Destination of a request that a guard rejected, and the requirement of that guard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Errand {
    /// Page to go on to.
    pub(crate) target: ReturnTo,
    /// Page to go back to on cancel.
    pub(crate) back: ReturnTo,
    /// Maximum age that the route requires, in seconds.
    max_age: Option<u64>,
    /// True if passing consumes the grant.
    once: bool,
}

impl Errand {
    /// Reads the errand from a rejected request.
    ///
    /// The target is the request itself if it only reads and its answer is shown as a page. Otherwise it is
    /// the page that the request was sent from. If that is one of our own pages, its errand is continued. The
    /// last resort is the home page.
    #[must_use]
    pub(crate) fn of_request(
        facts: &Facts,
        representation: Representation,
        requirement: &Requirement,
        mfa: &Mfa,
        login: &LoginId,
    ) -> Self {
        let site = mfa.site();
        let home = || ReturnTo::home(site);
        let before = page_before(facts, site);
        let page = before.as_deref().and_then(|page| ReturnTo::parse(page, site));
        let earlier = before.as_deref().and_then(|page| Self::of_our_page(page, mfa, login));
        let (target, back) = match (page, earlier) {
            (Some(page), _) => (page.clone(), page),
            (None, Some(earlier)) => (earlier.target, earlier.back),
            (None, None) => (home(), home()),
        };
        let looks = representation == Representation::Page && facts.method.only_looks();
        let target = if looks { ReturnTo::parse(&facts.target, site).unwrap_or_else(home) } else { target };
        // On cancel, do not lead to a page that would reject the request again.
        let fits = back.as_str().len() <= MAX_BACK && !(looks && back == target);
        let back = if fits { back } else { home() };
        let max_age = requirement.max_age().map(|max_age| max_age.as_secs());
        Self { target, back, max_age, once: requirement.is_once() }
    }

    /// Reads the errand in the address of one of our own pages.
    fn of_our_page(page: &str, mfa: &Mfa, login: &LoginId) -> Option<Self> {
        let (path, _) = page.split_once('?')?;
        let scope = Scope::new(path.strip_prefix(mfa.site().path())?.strip_prefix('/')?).ok()?;
        Self::open(&query_value(page, "return")?, mfa.keys(), &scope, login, mfa.site())
    }

    /// Returns the same errand with the app's home page in place of both pages.
    #[must_use]
    pub(crate) fn homeward(self, site: &Site) -> Self {
        Self { target: ReturnTo::home(site), back: ReturnTo::home(site), ..self }
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

    /// Seals the errand for this scope and session, as only this site's servers can.
    #[must_use]
    pub(crate) fn seal(&self, keys: &KeyRing, scope: &Scope, login: &LoginId) -> String {
        let Self { target, back, max_age, once } = self;
        let max_age = max_age.map(|seconds| seconds.to_string()).unwrap_or_default();
        let once = if *once { "once" } else { "" };
        // Paths hold no line break.
        let written = format!("{max_age}\n{once}\n{target}\n{back}");
        keys.seal(Purpose::Return, &context(scope, login), &written)
    }

    /// Reads what [`seal`](Self::seal) wrote for the same scope and log-in.
    #[must_use]
    pub(crate) fn open(
        sealed: &str,
        keys: &KeyRing,
        scope: &Scope,
        login: &LoginId,
        site: &Site,
    ) -> Option<Self> {
        let written = keys.open(Purpose::Return, &context(scope, login), sealed)?;
        let [max_age, once, target, back] = written.split('\n').collect::<Vec<_>>().try_into().ok()?;
        let max_age = if max_age.is_empty() { None } else { Some(max_age.parse().ok()?) };
        // Sealed by us, and read with the same care as if it were not. Home may be what no request can name, such as a
        // place on a page; that must not cost the rest.
        let path = |path| ReturnTo::parse(path, site).unwrap_or_else(|| ReturnTo::home(site));
        Some(Self { target: path(target), back: path(back), max_age, once: once == "once" })
    }
}

fn context<'a>(scope: &'a Scope, login: &'a LoginId) -> [&'a [u8]; 2] {
    [scope.as_str().as_bytes(), login.as_bytes()]
}

#[cfg(test)]
mod tests {
    use mfakit_core::{Mfa, PhoneNumber, UserId, testing::TestProvider};

    use super::*;

    #[test]
    fn what_was_sealed_is_read_with_the_same_care_as_if_it_were_not() {
        let mfa = Mfa::builder(TestProvider::new(), "https://bank.example")
            .scope("pay", "pay")
            .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
            .messaging_to(["US"])
            .build()
            .unwrap();
        let (keys, site) = (mfa.keys(), mfa.site());
        let (scope, login) = (Scope::new("pay").unwrap(), LoginId::from_bytes([1; 16]));
        let open = |target: &str, back: &str| {
            let written = format!("300\nonce\n{target}\n{back}");
            let sealed = keys.seal(Purpose::Return, &context(&scope, &login), &written);
            Errand::open(&sealed, keys, &scope, &login, site).unwrap()
        };
        let good = open("/settings?tab=2", "/account");
        assert_eq!((good.target.as_str(), good.back.as_str()), ("/settings?tab=2", "/account"));
        let home = ReturnTo::home(site);
        for bad in
            ["//evil.example", "https://evil.example/", "/.//evil.example", "/mfa/pay", "", "/a#b", "/a b"]
        {
            let errand = open(bad, bad);
            assert_eq!((&errand.target, &errand.back), (&home, &home), "{bad:?}");
        }
    }
}
