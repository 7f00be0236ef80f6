//! Rejects requests that do not come from this machine's own pages and programs.
//!
//! The port is bound on loopback, but a web page that the developer visits can reach it through the browser: with a
//! host name that resolves to 127.0.0.1 (DNS rebinding), or with a cross-site request. Therefore:
//!
//! 1. `Host` must be `127.0.0.1`, `localhost` or `[::1]`, with any port.
//! 2. `Origin`, if present, must also be one of these.
//! 3. A request with a cross-site or same-site `Sec-Fetch-Site` is rejected, unless it is a `GET` navigation, such as
//!    a link to the inbox.

use axum::{
    extract::Request,
    http::{
        Method,
        header::{HOST, ORIGIN},
        uri::Authority,
    },
    middleware::Next,
    response::Response,
};
use serde_json::json;

use super::response;

/// Passes on requests that rules 1 to 3 allow, and answers all others with 403.
pub(crate) async fn only(request: Request, next: Next) -> Response {
    if !is_own_host(&request) {
        return rejected("the Host must be 127.0.0.1, localhost or [::1]");
    }
    if !is_own_origin(&request) {
        return rejected(
            "pages of other sites are rejected: the Origin must be 127.0.0.1, localhost or [::1]",
        );
    }
    if !is_own_fetch(&request) {
        return rejected("pages of other sites are rejected: Sec-Fetch-Site must be same-origin or none");
    }
    next.run(request).await
}

fn is_own_fetch(request: &Request) -> bool {
    let has = |name: &str, value: &str| request.headers().get(name).is_some_and(|header| header == value);
    let follows_a_link = request.method() == Method::GET && has("sec-fetch-mode", "navigate");
    let same_origin = has("sec-fetch-site", "same-origin") || has("sec-fetch-site", "none");
    same_origin || follows_a_link || !request.headers().contains_key("sec-fetch-site")
}

fn is_own_host(request: &Request) -> bool {
    if request.uri().authority().is_some_and(|authority| !is_loopback(authority.as_str())) {
        return false;
    }
    let mut hosts = request.headers().get_all(HOST).iter().peekable();
    hosts.peek().is_some() && hosts.all(|host| host.to_str().is_ok_and(is_loopback))
}

fn is_own_origin(request: &Request) -> bool {
    request.headers().get_all(ORIGIN).iter().all(|origin| {
        let origin = origin.to_str().unwrap_or_default();
        let rest = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        rest.is_some_and(is_loopback)
    })
}

fn is_loopback(authority: &str) -> bool {
    authority.parse::<Authority>().is_ok_and(|authority| {
        let host = authority.host();
        let names_a_user = authority.as_str().contains('@');
        !names_a_user && (host == "127.0.0.1" || host == "[::1]" || host.eq_ignore_ascii_case("localhost"))
    })
}

fn rejected(why: &str) -> Response {
    response::json(403, &json!({"error": why}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_are_accepted() {
        for own in ["127.0.0.1", "127.0.0.1:4010", "localhost:1", "LocalHost", "[::1]:4010", "[::1]"] {
            assert!(is_loopback(own), "{own}");
        }
        for foreign in [
            "",
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example:4010",
            "127.0.0.1@evil.example",
            "evil@127.0.0.1",
            "0.0.0.0",
            "10.0.0.1:4010",
            "null",
        ] {
            assert!(!is_loopback(foreign), "{foreign}");
        }
    }
}
