//! Console of a browser.

use thirtyfour::BrowserLogEntry;

/// Beginning of an entry that [`REPORT_VIOLATIONS`] makes.
const VIOLATION: &str = "content-security-policy:";

/// Script that runs in every page before its own scripts. It writes to the console, which outlives the page, what
/// the page's content security policy blocked.
pub(crate) const REPORT_VIOLATIONS: &str = "
    document.addEventListener('securitypolicyviolation', event => {
        const { effectiveDirective, blockedURI, sourceFile, lineNumber, sample } = event;
        console.info(`content-security-policy: ${effectiveDirective} stopped ${blockedURI} in ${document.URL}, `
            + `by ${sourceFile}:${lineNumber} ${sample}`);
    });
";

/// Returns the entries about an error, or about something that the content security policy blocked. A browser
/// requests the icon of a site by itself, possibly when the site of a test is already gone.
pub(crate) fn complaints(log: &[BrowserLogEntry]) -> Vec<String> {
    let complains = |entry: &&BrowserLogEntry| {
        let severe = entry.level == "SEVERE" && !entry.message.contains("/favicon.ico");
        severe || entry.message.contains(VIOLATION)
    };
    log.iter().filter(complains).map(|entry| entry.message.clone()).collect()
}
