//! Only this machine's own names, and only this machine's own pages.
//!
//! The port is bound on loopback, but a web page the developer happens to visit can reach it through the browser:
//! by a name that it points at 127.0.0.1 (DNS rebinding), or by posting across sites. So:
//!
//! 1. `Host` must be `127.0.0.1`, `localhost` or `[::1]`, with any port.
//! 2. `Origin`, where there is one, must be one of those as well.
//! 3. What a browser calls foreign by `Sec-Fetch-Site` is refused, but for somebody who follows a link to the
//!    inbox.

use axum::extract::Request;
use axum::http::Method;
use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::middleware::Next;
use axum::response::Response;
use serde_json::json;

use super::answer;

pub(crate) async fn only(request: Request, next: Next) -> Response {
    if !is_own_host(&request) {
        return refused("the emulator answers only to 127.0.0.1, localhost and [::1]; this Host is another");
    }
    if !is_own_origin(&request) {
        return refused("the emulator answers no page of another site; this Origin is not on loopback");
    }
    if !is_own_fetch(&request) {
        return refused("the emulator answers no page of another site; Sec-Fetch-Site says it is one");
    }
    next.run(request).await
}

fn is_own_fetch(request: &Request) -> bool {
    let says = |name: &str, value: &str| request.headers().get(name).is_some_and(|header| header == value);
    let follows_a_link = request.method() == Method::GET && says("sec-fetch-mode", "navigate");
    let own = says("sec-fetch-site", "same-origin") || says("sec-fetch-site", "none");
    own || follows_a_link || !request.headers().contains_key("sec-fetch-site")
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

fn refused(why: &str) -> Response {
    answer::json(403, &json!({"error": why}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_pass() {
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
