//! The grant cookie.
//!
//! 1. `__Host-mfa-{scope}`: the prefix binds it to the host, the path `/` and TLS (RFC 6265bis, 4.1.3.2).
//! 2. If it occurs twice, neither counts, because one of them was planted.

use std::{sync::LazyLock, time::Duration};

use memchr::{memchr, memmem};
use mfakit_core::{GrantToken, NumberTokens, Scope, adapter::RECOVERY_COOKIE};

use crate::set_cookie::{SameSite, SetCookie};

/// Returns the token of a scope's grant cookie in these `Cookie` headers.
///
/// Every guarded request passes through here, so this searches the bytes for the name and parses nothing else.
#[must_use]
pub(crate) fn grant_token<'a>(
    headers: impl IntoIterator<Item = &'a [u8]>,
    scope: &Scope,
) -> Option<GrantToken> {
    let (finder, mut found) = (&*PREFIX, None);
    for header in headers {
        let mut from = 0;
        // One search at a time: the finder's own iterator copies the finder.
        while let Some(at) = header.get(from..).and_then(|rest| finder.find(rest)) {
            let start = from + at;
            from = start + GrantToken::COOKIE_PREFIX.len();
            if let Some(value) = value_at(header, start, scope)
                && found.replace(value).is_some()
            {
                return None;
            }
        }
    }
    GrantToken::from_cookie(found?)
}

/// Finds the prefix of the names of grant cookies.
pub(crate) static PREFIX: LazyLock<memmem::Finder<'static>> =
    LazyLock::new(|| memmem::Finder::new(GrantToken::COOKIE_PREFIX));

/// Returns the value if the scope's pair begins here. White space is allowed around the pair and around `=`.
fn value_at<'a>(header: &'a [u8], start: usize, scope: &Scope) -> Option<&'a [u8]> {
    let (before, pair) = header.split_at_checked(start)?;
    if !matches!(before.trim_ascii_end(), [] | [.., b';']) {
        return None;
    }
    let rest = pair.get(GrantToken::COOKIE_PREFIX.len()..)?.strip_prefix(scope.as_bytes())?;
    let rest = rest.trim_ascii_start().strip_prefix(b"=")?;
    match rest.split_at_checked(GrantToken::LEN) {
        // Nearly always. If the value ends earlier, this one is no token either.
        Some((value, [] | [b';', ..])) => Some(value),
        _ => Some(memchr(b';', rest).map_or(Some(rest), |end| rest.get(..end))?.trim_ascii()),
    }
}

/// Returns the tokens of the two cookies that permit a browser to change a number.
pub(crate) fn number_tokens<'a>(cookies: impl IntoIterator<Item = &'a [u8]> + Clone) -> NumberTokens {
    let manage = grant_token(cookies.clone(), &Scope::MANAGE);
    NumberTokens::new().manage(manage).recovery(grant_token(cookies, &RECOVERY_COOKIE))
}

/// Returns the `Set-Cookie` that gives the browser its grant.
#[must_use]
pub(crate) fn granting(scope: &Scope, token: &GrantToken, lifetime: Duration) -> String {
    set_cookie(&GrantToken::cookie_name(scope), token.expose(), lifetime)
}

/// Returns the `Set-Cookie` that removes the grant.
#[must_use]
pub(crate) fn dropping(scope: &Scope) -> String {
    set_cookie(&GrantToken::cookie_name(scope), "", Duration::ZERO)
}

/// Returns the `Set-Cookie` of a grant, whose cookie has this name.
pub(crate) fn set_cookie(name: &str, value: &str, lifetime: Duration) -> String {
    let same_site = SameSite::Lax;
    SetCookie { name, value, same_site, scripts_read_it: false, lifetime }.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope() -> Scope {
        Scope::new("pay").unwrap()
    }

    const VALUE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

    #[test]
    fn the_cookie_of_the_scope_is_found_and_no_other() {
        let other = format!("__Host-mfa-pay={VALUE}");
        for (name, headers, found) in [
            ("alone", vec![other.as_str()], true),
            ("between others", vec![&*format!("id=1; {other}; theme=dark")], true),
            ("in a second header", vec!["id=1", &other], true),
            ("another scope's", vec![&*format!("__Host-mfa-pay.admin={VALUE}")], false),
            ("without its prefix", vec![&*format!("mfa-pay={VALUE}")], false),
            ("in other letters", vec![&*format!("__host-mfa-pay={VALUE}")], false),
            ("inside another value", vec![&*format!("x=__Host-mfa-pay={VALUE}")], false),
            ("inside another name", vec![&*format!("x__Host-mfa-pay={VALUE}")], false),
            ("behind a word", vec![&*format!("x __Host-mfa-pay={VALUE}")], false),
            ("behind spaces", vec![&*format!("id=1;  \t{other} ; theme=dark")], true),
            ("with spaces around its sign", vec![&*format!("__Host-mfa-pay = {VALUE}")], true),
            ("once for real and once inside another value", vec![&*format!("{other}; x={other}")], true),
            ("twice in one header", vec![&*format!("{other}; {other}")], false),
            ("twice in two headers", vec![&other, &other], false),
            ("cut short", vec![&other[..30]], false),
            ("in quotes", vec![&*format!("__Host-mfa-pay=\"{VALUE}\"")], false),
            ("nowhere", vec![], false),
        ] {
            let headers = headers.into_iter().map(str::as_bytes);
            assert_eq!(grant_token(headers, &scope()).is_some(), found, "{name}");
        }
    }

    #[test]
    fn the_cookie_is_bound_to_the_host_and_out_of_reach_of_scripts() {
        let token = GrantToken::from_cookie(VALUE.as_bytes()).unwrap();
        let set = granting(&scope(), &token, Duration::from_secs(300));
        assert_eq!(
            set,
            format!("__Host-mfa-pay={VALUE}; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=300")
        );
        assert_eq!(dropping(&scope()), "__Host-mfa-pay=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0");
    }

    #[test]
    fn a_cookie_of_any_scope_and_token_is_read_back() {
        let letters = "abcdefghijklmnopqrstuvwxyz0123456789._-";
        let scopes = (0..letters.len()).filter_map(|at| Scope::new(&letters[at..]).ok());
        let scopes: Vec<_> = scopes.chain([scope()]).collect();
        assert!(scopes.len() > 20, "{}", scopes.len());
        for character in ('-'..='z').filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)) {
            let value = character.to_string().repeat(GrantToken::LEN);
            let token = GrantToken::from_cookie(value.as_bytes()).unwrap();
            for scope in &scopes {
                let set = granting(scope, &token, Duration::from_secs(1));
                let pair = set.split_once(';').unwrap().0;
                assert_eq!(pair, format!("__Host-mfa-{scope}={value}"));
                let read = grant_token([pair.as_bytes()], scope);
                assert_eq!(read.as_ref().map(GrantToken::expose), Some(&*value), "{set}");
            }
        }
    }
}
