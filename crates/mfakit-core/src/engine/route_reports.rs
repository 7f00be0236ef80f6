//! Reports about routes that no request reaches.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use crate::engine::{mfa::Mfa, misconfigured::Misconfigured};

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

impl Mfa {
    /// Reports that a request for one of the routes did not reach them. Makes one report per engine.
    pub(crate) fn report_missing_routes(&self, path: &str) {
        self.report_routes(|mount_path| Misconfigured::missing_routes(path, mount_path));
    }

    /// Reports that the layer that answers the routes is on a router nested at `prefix`. Makes one report per engine.
    pub(crate) fn report_nested_routes(&self, prefix: &str) {
        self.report_routes(|mount_path| Misconfigured::nested_routes(prefix, mount_path));
    }

    /// Records that the routes received a request.
    pub(crate) fn note_routes_reached(&self) {
        self.inner.route_reports.reached.store(true, Ordering::Relaxed);
    }

    /// Records that a browser was redirected to the page at `path`. Reports the third redirect if the routes have not
    /// received a request by then.
    pub(crate) fn note_redirect_to_page(&self, path: &str) {
        let RouteReports { reached, redirects, .. } = &self.inner.route_reports;
        if reached.load(Ordering::Relaxed) {
            return;
        }
        let more = |count: u8| Some(count.saturating_add(1));
        let (Ok(before) | Err(before)) = redirects.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        if before.saturating_add(1) == REDIRECTS {
            self.report_routes(|mount_path| Misconfigured::unreached_routes(path, REDIRECTS, mount_path));
        }
    }

    fn report_routes(&self, mistake: impl FnOnce(&str) -> Misconfigured) {
        if !self.inner.route_reports.reported.swap(true, Ordering::Relaxed) {
            self.misconfigured(mistake(&self.inner.site.path));
        }
    }
}
