//! Checks that a call comes from the site itself.

use mfakit_core::{Recognition, Subject, adapter::Site};

use crate::facts::Facts;

/// Checks the origin of a call that changes something [WEB-1].
///
/// If the browser sends `Sec-Fetch-Site`, that must be `same-origin`, or `Origin` must name a trusted origin. Without
/// it, `Origin` must name the site's own origin or a trusted one. If both headers are absent, the call is rejected. A
/// call with a bearer token needs no such proof, because browsers never attach one automatically.
///
/// # Errors
///
/// Returns the reason, for the log.
pub(crate) fn check(facts: &Facts, subject: &Subject, site: &Site) -> Result<(), &'static str> {
    if subject.recognition() == Recognition::Bearer {
        return Ok(());
    }
    let origin = facts.origin.as_deref();
    let trusted = origin.is_some_and(|origin| site.trusted_origins().iter().any(|trusted| trusted == origin));
    match facts.fetch_site.as_deref() {
        Some("same-origin") => Ok(()),
        Some(_) if trusted => Ok(()),
        Some(_) => Err("Sec-Fetch-Site is not same-origin"),
        None if trusted || origin == Some(site.origin()) => Ok(()),
        None if origin.is_some() => Err("Origin is foreign"),
        None => Err(
            "the request has neither Sec-Fetch-Site nor Origin: programs that send cookies must send Origin",
        ),
    }
}
