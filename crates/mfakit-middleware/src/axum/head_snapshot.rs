//! Snapshot of a request's head, for guards whose extractors consume the request.

use http::{HeaderMap, HeaderValue, Method, Uri, request::Parts, uri::PathAndQuery};

use crate::{facts::Facts, tower::original_uri};

/// Values from which the facts of a request are read, so that it can be answered after it has been moved.
///
/// It shares the values with the request and copies none of them, so a request that passes allocates nothing
/// for it.
pub(super) struct HeadSnapshot {
    method: Method,
    target: Uri,
    headers: [Option<HeaderValue>; Facts::HEADERS.len()],
}

impl HeadSnapshot {
    pub(super) fn of(parts: &Parts) -> Self {
        let headers = Facts::HEADERS.map(|name| value(&parts.headers, name));
        Self { method: parts.method.clone(), target: original_uri(parts).clone(), headers }
    }

    pub(super) fn facts(&self) -> Facts {
        let target = self.target.path_and_query().map(PathAndQuery::as_str);
        Facts::read(self.method.as_str(), target, |name| self.values(name))
    }

    /// Returns the values of the `Cookie` header.
    pub(super) fn cookies(&self) -> impl Iterator<Item = &[u8]> {
        self.values("cookie")
    }

    fn values(&self, name: &'static str) -> impl Iterator<Item = &[u8]> {
        let saved = Facts::HEADERS.iter().zip(&self.headers).filter(move |(header, _)| **header == name);
        saved.filter_map(|(_, value)| value.as_ref()).map(HeaderValue::as_bytes)
    }
}

/// Returns the value of a header. Several values are joined as the facts join them.
fn value(headers: &HeaderMap, name: &'static str) -> Option<HeaderValue> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?.clone();
    let between: &[u8] = if name == "cookie" { b"; " } else { b", " };
    Some(values.fold(first, |joined, more| {
        HeaderValue::from_bytes(&[joined.as_bytes(), between, more.as_bytes()].concat()).unwrap_or(joined)
    }))
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;
    use crate::request_head::RequestHead;

    #[test]
    fn the_facts_of_a_consumed_request_are_those_of_the_request() {
        let request = Request::post("/pay?to=bob")
            .header("accept", "text/html")
            .header("accept-language", "de")
            .header("accept-language", "en")
            .header("cookie", "a=b")
            .header("cookie", "c=d")
            .header("sec-fetch-site", "same-origin")
            .header("sec-fetch-mode", "navigate")
            .header("origin", "https://bank.example")
            .header("host", "bank.example")
            .header("referer", "https://bank.example/account")
            .header("content-type", "application/json")
            .header("x-other", "nothing");
        let (parts, ()) = request.body(()).unwrap().into_parts();
        assert_eq!(HeadSnapshot::of(&parts).facts(), parts.facts());
        let (bare, ()) = Request::get("/").body(()).unwrap().into_parts();
        assert_eq!(HeadSnapshot::of(&bare).facts(), bare.facts());
    }
}
