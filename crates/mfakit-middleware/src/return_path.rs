//! Paths to return to: a path and a query on this site, and never one of our own routes [WEB-5].

use std::fmt;

use mfakit_core::{
    Scope,
    adapter::{Origin, Site, ThemeView, UrlPath},
};

use crate::facts::Facts;

/// Path below the mount path of the page on which people see and change their number.
pub(crate) const NUMBER: &str = "/number";

/// Maximum length of a target in bytes. When it is signed, it fits with the rest of a request line into the 8 KiB that
/// servers and proxies commonly allow. Longer ones are dropped, and the user returns to the home page.
const MAX_LEN: usize = 4096;

/// Path and query of the app, as the app itself writes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReturnPath(String);

impl ReturnPath {
    /// Returns the home page, for requests that name no other target.
    #[must_use]
    pub(crate) fn home(site: &Site) -> Self {
        Self(ThemeView::of(site.theme()).home().to_owned())
    }

    /// Returns the page on which people see and change their number. It is one of mfakit's own pages, so a request
    /// cannot name it.
    #[must_use]
    pub(crate) fn number_page(site: &Site) -> Self {
        Self(format!("{}{NUMBER}", site.path()))
    }

    /// Returns the page to go to from the challenge page of a scope, if no other is known.
    #[must_use]
    pub(crate) fn without_target(site: &Site, scope: &Scope) -> Self {
        if *scope == Scope::ENROLL { Self::number_page(site) } else { Self::home(site) }
    }

    /// Reads a path and query of the app. Returns `None` unless every browser resolves them to this site.
    #[must_use]
    pub(crate) fn parse(target: &str, site: &Site) -> Option<Self> {
        if target.len() > MAX_LEN || !target.starts_with('/') {
            return None;
        }
        let url = UrlPath::read(target)?;
        let rest = path_and_query(url.path(), url.query());
        // Check again after removing dots, because `/.//host` has become `//host`, and after escaping, which
        // makes a target longer.
        let leaves = names_a_host(target) || names_a_host(&rest) || rest.len() > MAX_LEN;
        (!leaves && !is_ours(url.path(), site)).then_some(Self(rest))
    }

    /// Returns the path and the query, as the app writes them.
    #[must_use]
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the path and the query, as browsers must request them.
    #[must_use]
    pub(crate) fn href(&self, site: &Site) -> String {
        site.public(&self.0).into_owned()
    }
}

impl fmt::Display for ReturnPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Returns the path and query, as the app writes them, of the page that a request was sent from. It may be
/// one of our own pages.
///
/// The `Referer` must name one of our origins, as browsers write them, and nothing may indicate that the request went to
/// a different origin. The way back is a relative reference, which leads to the page only on the page's own host.
#[must_use]
pub(crate) fn page_before(facts: &Facts, site: &Site) -> Option<String> {
    let (origin, rest) = Origin::split(facts.referer.as_deref()?).ok()?;
    let without_fragment = rest.split_once('#').map_or(rest, |(rest, _)| rest);
    let url = UrlPath::read(without_fragment)?;
    let is_ours = |origin: &Origin| {
        let origin = origin.to_string();
        origin == site.origin() || site.trusted_origins().contains(&origin)
    };
    let sent_there = match (facts.fetch_site.as_deref(), facts.host.as_deref()) {
        (Some(fetch_site), _) => fetch_site == "same-origin",
        // A proxy may replace the host with its own name for the app, which proves nothing.
        (None, Some(host)) => {
            Origin::of_authority(origin.scheme(), host).is_ok_and(|host| host == origin || !is_ours(&host))
        }
        (None, None) => true,
    };
    let path = site.own(url.path())?;
    // A service worker that forwards a request names its own script instead of the page.
    let is_script = [".js", ".mjs"].iter().any(|end| path.ends_with(end));
    (is_ours(&origin) && sent_there && !is_script).then(|| path_and_query(path, url.query()))
}

fn path_and_query(path: &str, query: Option<&str>) -> String {
    query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"))
}

/// Returns whether a path is that of one of our routes.
fn is_ours(path: &str, site: &Site) -> bool {
    path.strip_prefix(site.path()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns whether a browser, or a proxy that decodes the path first, may read it as the address of another
/// host.
fn names_a_host(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    ["//", "/%2f", "/%5c"].iter().any(|start| lower.starts_with(start))
}

#[cfg(test)]
mod tests;
