//! Did this call come from the site itself?

use mfakit_core::{Recognition, Subject, adapter::Site};

use crate::facts::Facts;

/// Whether a call that changes something may come from where it came from [WEB-1].
///
/// A browser that says so by `Sec-Fetch-Site` is believed: same origin, or a trusted origin named by
/// `Origin`. Where it says nothing, `Origin` has to be the site's or a trusted one. Where both are absent
/// the call is refused. A bearer token is attached on purpose and needs no such proof.
///
/// # Errors
///
/// What was wrong, for the log.
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
        None => Err("neither Sec-Fetch-Site nor Origin"),
    }
}
