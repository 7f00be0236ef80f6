//! What a browser writes to its console.

use thirtyfour::BrowserLogEntry;

/// How an entry begins that [`REPORT_VIOLATIONS`] makes.
const VIOLATION: &str = "content-security-policy:";

/// Runs in every page before its own scripts: writes to the console, which outlives the page, what its content
/// security policy stopped.
pub(crate) const REPORT_VIOLATIONS: &str = "
    document.addEventListener('securitypolicyviolation', event => {
        const { effectiveDirective, blockedURI, sourceFile, lineNumber, sample } = event;
        console.info(`content-security-policy: ${effectiveDirective} stopped ${blockedURI} in ${document.URL}, `
            + `by ${sourceFile}:${lineNumber} ${sample}`);
    });
";

/// The entries that tell of an error, or of something that the content security policy stopped. A browser asks for the
/// icon of a site by itself, possibly when the site of a test is already gone.
pub(crate) fn complaints(log: &[BrowserLogEntry]) -> Vec<String> {
    let complains = |entry: &&BrowserLogEntry| {
        let severe = entry.level == "SEVERE" && !entry.message.contains("/favicon.ico");
        severe || entry.message.contains(VIOLATION)
    };
    log.iter().filter(complains).map(|entry| entry.message.clone()).collect()
}
