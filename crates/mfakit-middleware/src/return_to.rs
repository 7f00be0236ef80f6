//! Where a person may be led: a path and a query on this site, and never one of our own routes [WEB-5].

use std::fmt;

use mfakit_core::Site;
use url::Url;

/// The longest target that is remembered, in bytes. A longer one is forgotten, and people land at `/`.
const MAX_LEN: usize = 1024;

/// A path and a query on this site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReturnTo(String);

impl ReturnTo {
    /// Where somebody goes who came from nowhere.
    #[must_use]
    pub(crate) fn home(site: &Site) -> Self {
        Self(site.look().home_path().to_owned())
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

    /// The path of a page of this site, by the address that a browser gives of it.
    #[must_use]
    pub(crate) fn of_referer(referer: &str, site: &Site) -> Option<Self> {
        let url = Url::parse(referer).ok()?;
        let from_here = url.origin().ascii_serialization() == site.origin();
        from_here.then(|| Self::parse(url.path(), site)).flatten()
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
