//! Cookies of grants that are bound to an action.
//!
//! 1. `__Host-mfa-{scope}~{approval}`, with the same attributes as the [cookie](crate::cookie) of any other grant. A scope never
//!    contains a tilde, so neither is read as the other.
//! 2. If a name occurs twice, neither counts, because one of them was planted.

use std::time::Duration;

use memchr::memchr;
use mfakit_core::{GrantToken, Scope, action::ApprovalId};

use crate::{cookie::PREFIX, cookie::set_cookie};

/// Maximum number of cookies that are read. A session has at most three such grants for a scope.
const MOST: usize = 32;

/// Number of cookies that a browser keeps beside the newest. Most are of grants that were consumed.
const KEPT: usize = 8;

/// Tokens of the bound grants of one scope, as the cookies of a request have them.
#[derive(Clone, Debug, Default)]
pub(crate) struct BoundTokens(Vec<(ApprovalId, Option<GrantToken>)>);

impl BoundTokens {
    /// Reads the tokens of a scope from these `Cookie` headers.
    #[must_use]
    pub(crate) fn read<'a>(headers: impl IntoIterator<Item = &'a [u8]>, scope: &Scope) -> Self {
        let mut tokens = Self::default();
        for header in headers {
            let mut from = 0;
            while let Some(at) = header.get(from..).and_then(|rest| PREFIX.find(rest)) {
                let start = from + at;
                from = start + GrantToken::COOKIE_PREFIX.len();
                if let Some((id, value)) = pair_at(header, start, scope) {
                    tokens.add(id, value);
                }
            }
        }
        tokens
    }

    fn add(&mut self, id: ApprovalId, value: &[u8]) {
        if let Some((_, token)) = self.0.iter_mut().find(|(other, _)| *other == id) {
            *token = None;
        } else if self.0.len() < MOST {
            self.0.push((id, GrantToken::from_cookie(value)));
        }
    }

    /// Returns the token of an approval.
    #[must_use]
    pub(crate) fn get(&self, id: &ApprovalId) -> Option<GrantToken> {
        self.0.iter().find(|(other, _)| other == id).and_then(|(_, token)| token.clone())
    }

    /// Returns the approvals that the request has cookies for.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &ApprovalId> {
        self.0.iter().map(|(id, _)| id)
    }

    /// Returns the approvals whose cookies a browser should drop when it gets another one: all but the newest few. Browsers
    /// send the oldest cookie first (RFC 6265, section 5.4).
    pub(crate) fn outdated(&self, newest: &ApprovalId) -> impl Iterator<Item = &ApprovalId> {
        let others = || self.ids().filter(move |id| *id != newest);
        others().take(others().count().saturating_sub(KEPT))
    }

    /// Returns the function that the engine looks tokens up with.
    pub(crate) fn by_approval(&self) -> impl Fn(&ApprovalId) -> Option<GrantToken> + Sync {
        |id| self.get(id)
    }
}

/// Returns the approval and the value if one of the scope's pairs begins here.
fn pair_at<'a>(header: &'a [u8], start: usize, scope: &Scope) -> Option<(ApprovalId, &'a [u8])> {
    let (before, pair) = header.split_at_checked(start)?;
    if !matches!(before.trim_ascii_end(), [] | [.., b';']) {
        return None;
    }
    let rest = pair.get(GrantToken::COOKIE_PREFIX.len()..)?.strip_prefix(scope.as_bytes())?;
    let (id, rest) = rest.strip_prefix(b"~")?.split_at_checked(ApprovalId::LEN)?;
    let id = ApprovalId::decode(std::str::from_utf8(id).ok()?)?;
    let rest = rest.trim_ascii_start().strip_prefix(b"=")?;
    let value = memchr(b';', rest).map_or(Some(rest), |end| rest.get(..end))?;
    Some((id, value.trim_ascii()))
}

/// Returns the `Set-Cookie` that gives the browser its grant.
#[must_use]
pub(crate) fn granting(scope: &Scope, id: &ApprovalId, token: &GrantToken, lifetime: Duration) -> String {
    set_cookie(&GrantToken::bound_cookie_name(scope, id), token.expose(), lifetime)
}

/// Returns the `Set-Cookie` that removes the grant.
#[must_use]
pub(crate) fn dropping(scope: &Scope, id: &ApprovalId) -> String {
    set_cookie(&GrantToken::bound_cookie_name(scope, id), "", Duration::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cookie::grant_token;

    const VALUE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    const ONE: &str = "BwcHBwcHBwcHBwcHBwcHBw";
    const OTHER: &str = "CAgICAgICAgICAgICAgICA";

    fn scope() -> Scope {
        Scope::new("pay").unwrap()
    }

    fn id(text: &str) -> ApprovalId {
        ApprovalId::decode(text).unwrap()
    }

    #[test]
    fn the_cookies_of_the_scope_are_found_and_no_others() {
        let this = format!("__Host-mfa-pay~{ONE}={VALUE}");
        for (name, headers, found) in [
            ("alone", vec![this.as_str()], true),
            ("beside the one of an unbound grant", vec![&*format!("__Host-mfa-pay={VALUE}; {this}")], true),
            ("beside another approval's", vec![&*format!("__Host-mfa-pay~{OTHER}={VALUE}; {this}")], true),
            ("in a second header", vec!["id=1", &this], true),
            ("with spaces", vec![&*format!("id=1 ; __Host-mfa-pay~{ONE} = {VALUE} ; a=b")], true),
            ("another approval's", vec![&*format!("__Host-mfa-pay~{OTHER}={VALUE}")], false),
            ("another scope's", vec![&*format!("__Host-mfa-pay.x~{ONE}={VALUE}")], false),
            ("a longer name", vec![&*format!("__Host-mfa-pay~{ONE}A={VALUE}")], false),
            ("a shorter name", vec![&*format!("__Host-mfa-pay~{}={VALUE}", &ONE[1..])], false),
            ("another spelling of the id", vec![&*format!("__Host-mfa-pay~{}x={VALUE}", &ONE[1..])], false),
            ("inside another value", vec![&*format!("x={this}")], false),
            ("twice", vec![&*format!("{this}; {this}")], false),
            ("three times", vec![&*format!("{this}; {this}"), &this], false),
            ("cut short", vec![&this[..60]], false),
            ("nowhere", vec![], false),
        ] {
            let tokens = BoundTokens::read(headers.into_iter().map(str::as_bytes), &scope());
            assert_eq!(tokens.get(&id(ONE)).is_some(), found, "{name}");
        }
    }

    #[test]
    fn neither_kind_of_cookie_is_read_as_the_other() {
        let (unbound, bound) = (format!("__Host-mfa-pay={VALUE}"), format!("__Host-mfa-pay~{ONE}={VALUE}"));
        assert!(grant_token([bound.as_bytes()], &scope()).is_none());
        assert_eq!(BoundTokens::read([unbound.as_bytes()], &scope()).0.len(), 0);
    }

    #[test]
    fn a_cookie_that_is_set_is_read_back() {
        let token = GrantToken::from_cookie(VALUE.as_bytes()).unwrap();
        let set = granting(&scope(), &id(ONE), &token, Duration::from_secs(300));
        assert_eq!(
            set,
            format!("__Host-mfa-pay~{ONE}={VALUE}; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=300")
        );
        let pair = set.split_once(';').unwrap().0;
        let read = BoundTokens::read([pair.as_bytes()], &scope()).get(&id(ONE));
        assert_eq!(read.as_ref().map(GrantToken::expose), Some(VALUE));
        assert_eq!(
            dropping(&scope(), &id(ONE)),
            format!("__Host-mfa-pay~{ONE}=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0")
        );
    }

    #[test]
    fn a_browser_drops_all_but_the_newest_cookies() {
        let ids: Vec<_> = (0..12).map(|at| ApprovalId::from_bytes([at; 16])).collect();
        let cookies: Vec<_> = ids.iter().map(|id| format!("__Host-mfa-pay~{id}={VALUE}")).collect();
        let outdated = |count: usize, newest: &ApprovalId| {
            let header = cookies[..count].join("; ");
            let tokens = BoundTokens::read([header.as_bytes()], &scope());
            tokens.outdated(newest).copied().collect::<Vec<_>>()
        };
        let another = ApprovalId::from_bytes([99; 16]);
        assert_eq!(outdated(12, &another), [ids[0], ids[1], ids[2], ids[3]]);
        assert_eq!(outdated(12, &ids[0]), [ids[1], ids[2], ids[3]], "it is set anew");
        assert_eq!(outdated(8, &another), []);
    }

    #[test]
    fn a_flood_of_cookies_is_read_up_to_a_limit() {
        let flood: Vec<_> = (0..100)
            .map(|at| format!("__Host-mfa-pay~{}={VALUE}", ApprovalId::from_bytes([at; 16])))
            .collect();
        let tokens = BoundTokens::read([flood.join("; ").as_bytes()], &scope());
        assert_eq!(tokens.0.len(), MOST);
    }
}
