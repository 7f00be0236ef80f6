//! The grant cookie.
//!
//! 1. `__Host-mfa-{scope}`: the prefix binds it to the host, the path `/` and TLS (RFC 6265bis, 4.1.3.2).
//! 2. If it occurs twice, neither counts, because one of them was planted.

use cookie::{Cookie, SameSite, time};
use memchr::memchr;
use mfakit_core::{GrantToken, Scope};

/// Returns the token of a scope's grant cookie in these `Cookie` headers.
///
/// Every guarded request passes through here, so this searches the bytes for the name and parses nothing else.
#[must_use]
pub(crate) fn grant_token<'a>(
    headers: impl IntoIterator<Item = &'a [u8]>,
    scope: &Scope,
) -> Option<GrantToken> {
    let mut found = None;
    for mut rest in headers {
        while !rest.is_empty() {
            let (pair, after) = match memchr(b';', rest) {
                Some(at) => (rest.get(..at).unwrap_or_default(), rest.get(at + 1..).unwrap_or_default()),
                None => (rest, Default::default()),
            };
            rest = after;
            if let Some(value) = value_of(pair, scope) {
                if found.is_some() {
                    return None;
                }
                found = Some(value);
            }
        }
    }
    GrantToken::from_cookie(found?)
}

/// Returns the value if this is the scope's pair. White space is allowed around the pair and around `=`.
fn value_of<'a>(pair: &'a [u8], scope: &Scope) -> Option<&'a [u8]> {
    let rest = pair.trim_ascii_start().strip_prefix(GrantToken::COOKIE_PREFIX.as_bytes())?;
    let rest = rest.strip_prefix(scope.as_bytes())?.trim_ascii_start();
    Some(rest.strip_prefix(b"=")?.trim_ascii())
}

/// Returns the `Set-Cookie` that gives the browser its grant.
#[must_use]
pub(crate) fn granting(scope: &Scope, token: &GrantToken, lifetime: std::time::Duration) -> String {
    let max_age = time::Duration::seconds(i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX));
    set_cookie(scope, token.expose().to_owned(), max_age)
}

/// Returns the `Set-Cookie` that removes the grant.
#[must_use]
pub(crate) fn dropping(scope: &Scope) -> String {
    set_cookie(scope, String::new(), time::Duration::ZERO)
}

fn set_cookie(scope: &Scope, value: String, max_age: time::Duration) -> String {
    Cookie::build((GrantToken::cookie_name(scope), value))
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(max_age)
        .to_string()
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
        let set = granting(&scope(), &token, std::time::Duration::from_mins(5));
        assert_eq!(
            set,
            format!("__Host-mfa-pay={VALUE}; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=300")
        );
        assert!(
            dropping(&scope()).starts_with("__Host-mfa-pay=;") && dropping(&scope()).ends_with("Max-Age=0")
        );
    }
}
