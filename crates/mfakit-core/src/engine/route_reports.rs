//! Reports about routes that no request reaches.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

/// Number of redirects to a page that no request has reached, at which the routes are reported as missing.
const REDIRECTS: u8 = 3;

/// State of the reports of one engine.
#[derive(Default)]
pub(crate) struct RouteReports {
    /// True once a report was made.
    reported: AtomicBool,
    /// True once the routes received a request.
    reached: AtomicBool,
    /// Redirects to a page before that.
    redirects: AtomicU8,
}

impl RouteReports {
    /// Returns whether this is the first report.
    pub(super) fn is_first(&self) -> bool {
        !self.reported.swap(true, Ordering::Relaxed)
    }

    /// Records that the routes received a request.
    pub(super) fn reach(&self) {
        self.reached.store(true, Ordering::Relaxed);
    }

    /// Records that a browser was redirected to a page. Returns the number of redirects if they are to be reported, because
    /// the routes have not received a request.
    pub(super) fn redirect(&self) -> Option<u8> {
        if self.reached.load(Ordering::Relaxed) {
            return None;
        }
        let more = |count: u8| Some(count.saturating_add(1));
        let (Ok(before) | Err(before)) =
            self.redirects.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        (before.saturating_add(1) == REDIRECTS).then_some(REDIRECTS)
    }
}
