//! What one waits for.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Person;

/// How long anybody waits for something to appear: long, for only a failure takes that long, and machines are busy.
pub(super) const PATIENCE: Duration = Duration::from_secs(40);

/// How long between two looks.
pub(super) const PAUSE: Duration = Duration::from_millis(20);

impl Person {
    /// Waits until something is to be seen.
    pub(crate) async fn wait_for(&self, selector: &str) {
        self.wait_until(&format!("{selector} is to be seen"), async || self.sees(selector).await).await;
    }

    /// Waits until something is not, or no longer, to be seen.
    pub(crate) async fn wait_until_gone(&self, selector: &str) {
        self.wait_until(&format!("{selector} is gone"), async || !self.sees(selector).await).await;
    }

    /// Waits until something says this among other things.
    pub(crate) async fn wait_for_text(&self, selector: &str, text: &str) {
        let says = async || self.try_text(selector).await.is_some_and(|said| said.contains(text));
        self.wait_until(&format!("{selector} says {text:?}"), says).await;
    }

    /// Waits until the page at this path, whatever its query, is loaded.
    pub(crate) async fn wait_until_path(&self, path: &str) {
        let loaded = "return document.readyState === 'complete' && location.pathname";
        let there = async || self.script(loaded).await == path;
        self.wait_until(&format!("the path is {path}"), there).await;
    }

    /// Waits until something is true; `what` says it.
    pub(crate) async fn wait_until(&self, what: &str, is_true: impl AsyncFn() -> bool) {
        let begun = Instant::now();
        while !is_true().await {
            if begun.elapsed() > PATIENCE {
                self.stop(&format!("waited in vain until {what}")).await;
            }
            sleep(PAUSE).await;
        }
    }
}
