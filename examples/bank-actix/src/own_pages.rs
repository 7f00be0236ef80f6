//! Protection against cross-site request forgery.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderMap, HeaderName},
    },
    middleware::Next,
};

use crate::error::cross_site;

/// Rejects requests from other sites, according to `Sec-Fetch-Site` or otherwise `Origin`.
///
/// A request with neither does not come from a current browser, and a cross-site one lacks the `SameSite` cookie.
pub(crate) async fn own_pages_only(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse, Error> {
    let is_safe = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    if is_safe || is_own(request.headers(), request.uri().authority().map(|host| host.as_str())) {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    // Return a response and not an error, so that the outer middleware treats it like any other.
    Ok(request.into_response(cross_site()))
}

/// Returns true if a request comes from a page of this host. An absolute request target names the host.
fn is_own(headers: &HeaderMap, target_host: Option<&str>) -> bool {
    let value = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    match value(HeaderName::from_static("sec-fetch-site")) {
        Some("same-origin" | "none") => return true,
        None | Some("") => {}
        Some(_) => return false,
    }
    let Some(origin) = value(header::ORIGIN).filter(|origin| !origin.is_empty()) else {
        return true;
    };
    let origin_host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    origin_host.is_some() && origin_host == target_host.or_else(|| value(header::HOST))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn forms_are_accepted_only_from_the_banks_own_pages() {
        for (name, site, origin, own) in [
            ("own form", Some("same-origin"), Some("http://bank.example"), true),
            ("typed into the address bar", Some("none"), None, true),
            ("another site", Some("cross-site"), Some("https://evil.example"), false),
            ("another site with our origin", Some("cross-site"), Some("http://bank.example"), false),
            ("a sibling host", Some("same-site"), None, false),
            ("an unknown value", Some("Same-Origin"), None, false),
            ("an older browser on an own page", None, Some("http://bank.example"), true),
            ("the same over https", Some(""), Some("https://bank.example"), true),
            ("an older browser elsewhere", None, Some("https://evil.example"), false),
            ("another port", None, Some("http://bank.example:81"), false),
            ("a host that begins with ours", None, Some("http://bank.example.evil"), false),
            ("no scheme", None, Some("bank.example"), false),
            ("an opaque origin", None, Some("null"), false),
            ("not a browser", None, None, true),
            ("not a browser, with an empty header", None, Some(""), true),
        ] {
            let mut request = TestRequest::post().insert_header((header::HOST, "bank.example"));
            if let Some(site) = site {
                request = request.insert_header(("sec-fetch-site", site));
            }
            if let Some(origin) = origin {
                request = request.insert_header((header::ORIGIN, origin));
            }
            assert_eq!(is_own(request.to_http_request().headers(), None), own, "{name}");
        }
        let named = TestRequest::post()
            .insert_header((header::HOST, "bank.example"))
            .insert_header((header::ORIGIN, "http://bank.example"))
            .to_http_request();
        assert!(!is_own(named.headers(), Some("other.example")), "the target determines the host");
    }
}
