//! Where a person was going.
//!
//! 1. The server decides it, from the request that was refused; a caller cannot name it, because it travels
//!    sealed to the scope and the log-in [WEB-4].
//! 2. It is a path and a query on this site, and never one of our own routes [WEB-5].

use std::fmt;

use mfakit_core::{KeyRing, LoginId, Purpose, Scope, Site};
use url::Url;

use crate::facts::Facts;

/// The longest target that is remembered, in bytes. A longer one is forgotten, and people land at `/`.
const MAX_LEN: usize = 1024;

/// A path and a query on this site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReturnTo(String);

impl ReturnTo {
    /// Where somebody goes who came from nowhere.
    #[must_use]
    pub(crate) fn home() -> Self {
        Self("/".to_owned())
    }

    /// Reads a path and query; `None` unless every browser would take it for one on this site.
    #[must_use]
    pub(crate) fn parse(target: &str, site: &Site) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
        if target.len() > MAX_LEN || !target.bytes().all(plain) || !target.starts_with('/') {
            return None;
        }
        // The parser browsers use has the last word: the result stays here, and nothing was folded away.
        let url = Url::parse(site.origin()).ok()?.join(target).ok()?;
        let ours = |path: &str| {
            path.strip_prefix(site.path()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let stays = url.origin().ascii_serialization() == site.origin() && !ours(url.path());
        let rest =
            url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        // Looked at once more after the dots are gone, since `/.//host` has become `//host`.
        let leaves = names_a_host(target) || names_a_host(&rest);
        (stays && !leaves && url.fragment().is_none()).then_some(Self(rest))
    }

    /// Where the sender of a refused request was going: the target itself when it only looks, else the page
    /// it came from, else home.
    #[must_use]
    pub(crate) fn of_request(facts: &Facts, site: &Site) -> Self {
        let found = if facts.method.only_looks() {
            Self::parse(&facts.target, site)
        } else {
            facts.referer.as_deref().and_then(|referer| {
                let url = Url::parse(referer).ok()?;
                let from_here = url.origin().ascii_serialization() == site.origin();
                from_here.then(|| Self::parse(url.path(), site)).flatten()
            })
        };
        found.unwrap_or_else(Self::home)
    }

    /// The target as only this site's servers can write it, for this scope and log-in.
    #[must_use]
    pub(crate) fn seal(&self, keys: &KeyRing, scope: &Scope, login: &LoginId) -> String {
        keys.seal(Purpose::Return, &context(scope, login), &self.0)
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
        // Sealed by us, and read with the same care as if it were not.
        keys.open(Purpose::Return, &context(scope, login), sealed)
            .and_then(|target| Self::parse(&target, site))
    }

    /// The path and the query.
    #[must_use]
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ReturnTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a path begins like the address of another host, for a browser or for a proxy that decodes it first.
fn names_a_host(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    ["//", "/%2f", "/%5c"].iter().any(|start| lower.starts_with(start))
}

fn context<'a>(scope: &'a Scope, login: &'a LoginId) -> [&'a [u8]; 2] {
    [scope.as_str().as_bytes(), login.as_bytes()]
}
