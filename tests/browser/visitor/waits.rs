//! Waits for conditions, and never for a fixed time.

use std::time::Duration;

use thirtyfour::{Key, error::WebDriverResult};
use tokio::time::{Instant, sleep};

use super::{Visitor, acts::is_about_a_page_that_went};

/// Longest wait for anything: long, because only a failure takes that long, and machines are busy.
pub(super) const CALL_TIMEOUT: Duration = Duration::from_secs(90);

/// Time after which a key is considered lost.
const KEY_TIMEOUT: Duration = Duration::from_secs(5);

/// Time between two checks.
pub(super) const PAUSE: Duration = Duration::from_millis(20);

impl Visitor {
    /// Waits until an element is shown on a loaded page, whose scripts have run.
    pub(crate) async fn wait_for(&self, selector: &str) {
        let is_seen = async || self.looks_for(selector).await == Some(true);
        self.wait_until(&format!("{selector} is to be seen"), is_seen).await;
    }

    /// Waits until an element is not, or no longer, shown, and until no dialog is closing. A dialog that is no longer
    /// shown is still in the page until its event `close` has run. Only then does the module accept the form again.
    pub(crate) async fn wait_until_gone(&self, selector: &str) {
        let closes = "return !!document.querySelector('dialog.mfa-dialog:not([open])')";
        let is_gone =
            async || self.looks_for(selector).await == Some(false) && self.script(closes).await == false;
        self.wait_until(&format!("{selector} is gone"), is_gone).await;
    }

    /// Waits until the text of an element contains this.
    pub(crate) async fn wait_for_text(&self, selector: &str, text: &str) {
        let says = async || self.try_text(selector).await.is_some_and(|said| said.contains(text));
        self.wait_until(&format!("{selector} says {text:?}"), says).await;
    }

    /// Waits until this element has the focus, described as by [`focused`](Self::focused). Browsers move the focus to a field
    /// of a new page some time after the page is loaded.
    pub(crate) async fn wait_for_focus(&self, described: &str) {
        let has_it = async || self.focused().await == described;
        self.wait_until(&format!("{described} has the focus"), has_it).await;
    }

    /// Presses Tab, and waits until this element has the focus. A busy browser can lose a key that is pressed as soon as a page
    /// is loaded, so Tab is pressed once more if nothing has the focus after some seconds.
    pub(crate) async fn tab_to(&self, described: &str) {
        self.press(Key::Tab).await;
        let begun = Instant::now();
        while self.focused().await == "body" && described != "body" {
            if begun.elapsed() > KEY_TIMEOUT {
                self.press(Key::Tab).await;
                break;
            }
            sleep(PAUSE).await;
        }
        self.wait_for_focus(described).await;
    }

    /// Presses Tab for each of these elements, and waits until it has the focus.
    pub(crate) async fn tab_through(&self, described: &[&str]) {
        for stop in described {
            self.tab_to(stop).await;
        }
    }

    /// Waits until the page is loaded, and its scripts have run. The driver of a busy browser can report a page too early.
    pub(super) async fn wait_until_loaded(&self) {
        let loaded = "return document.readyState === 'complete'";
        self.wait_until("the page is loaded", async || self.script(loaded).await == true).await;
    }

    /// Waits until the page at this path, whatever its query, is loaded.
    pub(crate) async fn wait_until_path(&self, path: &str) {
        let loaded = "return document.readyState === 'complete' && location.pathname";
        let there = async || self.script(loaded).await == path;
        self.wait_until(&format!("the path is {path}"), there).await;
    }

    /// Counts, from now on, the responses to the page's calls of `fetch`.
    pub(crate) async fn count_responses(&self) {
        let count = "const { fetch } = window;
            window.responses = 0;
            window.fetch = (...request) => fetch(...request).finally(() => { window.responses++ })";
        self.script(count).await;
    }

    /// Waits until the page has this many responses, counted since [`count_responses`](Self::count_responses).
    pub(crate) async fn wait_for_responses(&self, count: u64) {
        let are_there = async || self.script("return window.responses").await == count;
        self.wait_until(&format!("{count} responses are there"), are_there).await;
    }

    /// Waits until a condition is true; `what` describes it.
    pub(crate) async fn wait_until(&self, what: &str, is_true: impl AsyncFn() -> bool) {
        let begun = Instant::now();
        while !is_true().await {
            if begun.elapsed() > CALL_TIMEOUT {
                self.stop(&format!("waited in vain until {what}")).await;
            }
            sleep(PAUSE).await;
        }
    }

    /// Runs an idempotent action, and repeats it if the page was replaced in the meantime.
    pub(super) async fn persist<T>(&self, what: &str, act: impl AsyncFn() -> WebDriverResult<T>) -> T {
        let begun = Instant::now();
        loop {
            match act().await {
                Ok(done) => return done,
                Err(error) if is_about_a_page_that_went(&error) && begun.elapsed() < CALL_TIMEOUT => {
                    sleep(PAUSE).await;
                }
                Err(error) => panic!("{what} failed: {error}"),
            }
        }
    }
}
