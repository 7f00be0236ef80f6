//! Keeps the page of a form in the browser while a guard requires a code.
//!
//! With the module, the browser itself still sends every form, so it can show, save or follow any answer. Before that,
//! the module sets a cookie that names the form's target. If a guard then rejects the request because a code is needed,
//! the answer is 204 instead of a redirect. On a 204, the browser stays on its page (HTML, "navigate"), and the module
//! reads the address of the challenge page from the cookie.
//!
//! 1. The cookie changes only the form of a rejection, and only of a `POST` to the exact target that it
//!    names.
//! 2. Every answer to such a request deletes the cookie, or names the page in it.
//! 3. The name begins with `__Host-`, so that no other host can set it, and is not that of a grant cookie.

use std::time::Duration;

use memchr::memmem;

use crate::{
    facts::Method,
    set_cookie::{SameSite, SetCookie},
};

/// Prefix of the name. A scope never begins with a hyphen.
const PREFIX: &str = "__Host-mfa--stay-";

/// Maximum length in bytes of an address that a cookie can hold. Browsers keep names and values of up to 4,096 bytes in
/// total.
pub(crate) const MAX_PAGE: usize = 3500;

/// Time that the module has to read the address.
const LIFETIME: Duration = Duration::from_secs(60);

/// Page of a form that stays in the browser, named by the cookie of the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeepPage {
    name: String,
}

impl KeepPage {
    /// Returns the page that sent this request, if it stays. `target` is the path and the query as received.
    #[must_use]
    pub(crate) fn of<'a>(
        method: Method,
        target: &str,
        cookies: impl IntoIterator<Item = &'a [u8]>,
    ) -> Option<Self> {
        if method != Method::Post {
            return None;
        }
        // Browsers put the most recently set cookie at the end.
        cookies.into_iter().filter_map(|header| Self::in_header(header, target)).last()
    }

    fn in_header(header: &[u8], target: &str) -> Option<Self> {
        memmem::find(header, PREFIX.as_bytes())?;
        let mut pairs = std::str::from_utf8(header).ok()?.rsplit(';').map(str::trim);
        pairs.find_map(|pair| Self::in_pair(pair, target))
    }

    fn in_pair(pair: &str, target: &str) -> Option<Self> {
        let (name, value) = pair.split_once('=')?;
        let nonce = name.strip_prefix(PREFIX)?;
        let plain = nonce.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let (_, named) = form_urlencoded::parse(pair.as_bytes()).next()?;
        // A proxy may have stripped the beginning of the path.
        let same = named.starts_with('/') && named.ends_with(target) && value.starts_with("%2F");
        (plain && (1..=32).contains(&nonce.len()) && same).then(|| Self { name: name.to_owned() })
    }

    /// Returns the `Set-Cookie` that names the challenge page.
    #[must_use]
    pub(crate) fn asked_at(&self, page: &str) -> String {
        self.set(page, LIFETIME)
    }

    /// Returns the `Set-Cookie` that reports that no code is needed.
    #[must_use]
    pub(crate) fn over(&self) -> String {
        self.set("", Duration::ZERO)
    }

    /// Returns whether this `Set-Cookie` belongs to this page.
    #[must_use]
    pub(crate) fn is_set_by(&self, set_cookie: &[u8]) -> bool {
        set_cookie.strip_prefix(self.name.as_bytes()).is_some_and(|rest| rest.starts_with(b"="))
    }

    fn set(&self, value: &str, lifetime: Duration) -> String {
        let same_site = SameSite::Strict;
        SetCookie { name: &self.name, value, same_site, scripts_read_it: true, lifetime }.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(cookies: &str, target: &str) -> Option<String> {
        KeepPage::of(Method::Post, target, [cookies.as_bytes()]).map(|keep_page| keep_page.name)
    }

    #[test]
    fn a_page_stays_only_for_its_own_target() {
        for (case, cookies, target, stays) in [
            ("the target", "id=1; __Host-mfa--stay-k3=%2Fpay; theme=dark", "/pay", true),
            ("with a query", "__Host-mfa--stay-k3=%2Fpay%3Fto%3Dbob%2B1", "/pay?to=bob+1", true),
            ("behind a proxy that takes off a prefix", "__Host-mfa--stay-k3=%2Fapp%2Fpay", "/pay", true),
            ("another target", "__Host-mfa--stay-k3=%2Fpay", "/settings", false),
            ("another query", "__Host-mfa--stay-k3=%2Fpay", "/pay?to=bob", false),
            ("an address that an earlier answer left", "__Host-mfa--stay-k3=/mfa/pay", "/mfa/pay", false),
            ("no name of its own", "__Host-mfa--stay-=%2Fpay", "/pay", false),
            ("a name that breaks out of a header", "__Host-mfa--stay-\"x=%2Fpay", "/pay", false),
            ("a long name", &format!("__Host-mfa--stay-{}=%2Fpay", "k".repeat(33)), "/pay", false),
            ("a scope's cookie", "__Host-mfa-stay-k3=%2Fpay", "/pay", false),
            ("inside another value", "x=__Host-mfa--stay-k3=%2Fpay", "/pay", false),
            ("nothing", "", "/pay", false),
        ] {
            assert_eq!(found(cookies, target).is_some(), stays, "{case}");
        }
    }

    #[test]
    fn of_two_pages_the_last_sender_is_answered() {
        let cookies = "__Host-mfa--stay-k3=%2Fpay; __Host-mfa--stay-m4=%2Fpay";
        assert_eq!(found(cookies, "/pay").as_deref(), Some("__Host-mfa--stay-m4"));
    }

    #[test]
    fn only_a_post_stays() {
        for method in [Method::Get, Method::Head, Method::Delete, Method::Other] {
            assert_eq!(KeepPage::of(method, "/pay", ["__Host-mfa--stay-k3=%2Fpay".as_bytes()]), None);
        }
    }

    #[test]
    fn scripts_can_read_the_cookie_and_other_sites_cannot_send_it() {
        let keep_page = KeepPage { name: "__Host-mfa--stay-k3".to_owned() };
        let set = keep_page.asked_at("/mfa/pay?return=x");
        assert_eq!(set, "__Host-mfa--stay-k3=/mfa/pay?return=x; SameSite=Strict; Secure; Path=/; Max-Age=60");
        assert!(keep_page.is_set_by(set.as_bytes()) && !keep_page.is_set_by(b"__Host-mfa--stay-k34=x"));
        assert!(
            keep_page.over().starts_with("__Host-mfa--stay-k3=;") && keep_page.over().ends_with("Max-Age=0")
        );
    }
}
