//! Demands on the requests, the console and the page so far, and screenshots.

use std::{
    cell::RefCell,
    env, fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use thirtyfour::error::WebDriverResult;

use super::{Visitor, equipment::Scripts};
use crate::{axe, console, requests::Request};

impl Visitor {
    /// Forgets all requests so far.
    pub(crate) async fn record_requests(&self) {
        self.requests().await;
        self.requests.lock().unwrap().clear();
    }

    /// Returns the requests since then from all tabs and frames, oldest first.
    pub(crate) async fn requests(&self) -> Vec<Request> {
        let log = self.browser.get_log("performance").await.unwrap();
        let mut requests = self.requests.lock().unwrap();
        requests.read(&log, &self.address);
        requests.all().to_vec()
    }

    /// Waits until a request since then has its answer. `path` is without the query.
    pub(crate) async fn wait_for_answer(&self, method: &str, path: &str) -> Request {
        let found = async || {
            let mut requests = self.requests().await.into_iter();
            requests.find(|request| request.is(method, path) && request.status.is_some())
        };
        self.wait_until(&format!("{method} {path} is answered"), async || found().await.is_some()).await;
        found().await.unwrap()
    }

    /// Panics if the console had an error, or the content security policy blocked something, since the last call.
    pub(crate) async fn quiet(&self) {
        self.quiet_but_for(&[]).await;
    }

    /// Does the same, except for entries that contain one of these texts.
    pub(crate) async fn quiet_but_for(&self, expected: &[&str]) {
        let mut complaints = self.complaints().await;
        complaints.retain(|complaint| !expected.iter().any(|part| complaint.contains(part)));
        if !complaints.is_empty() {
            self.stop(&format!("the console says:\n{}", complaints.join("\n"))).await;
        }
    }

    /// Waits until the console contains a complaint with this text.
    pub(crate) async fn wait_for_complaint(&self, part: &str) {
        let is_told = async || self.complaints().await.iter().any(|complaint| complaint.contains(part));
        self.wait_until(&format!("the console says {part:?}"), is_told).await;
    }

    /// Returns the complaints of the console since the last call.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        console::complaints(&self.browser.browser_log().await.unwrap())
    }

    /// Panics if axe-core finds a barrier in the page.
    pub(crate) async fn axe(&self) {
        let findings = self.axe_findings().await;
        if !findings.is_empty() {
            self.stop(&format!("axe-core finds:\n{findings}")).await;
        }
    }

    /// Panics if the page has a barrier: light or dark, wide, or as narrow as WCAG 2.2 requires (1.4.10: 320 CSS
    /// pixels, which is a window of 1280 pixels at 400 %). Keeps a screenshot of each.
    pub(crate) async fn assert_accessible(&self, name: &str) {
        for (scheme, width, height) in [("light", 1280, 900), ("dark", 1280, 900), ("light", 320, 800)] {
            self.prefers(scheme).await;
            self.window(width, height).await;
            assert!(!self.scrolls_sideways().await, "{name} in {width} pixels scrolls sideways");
            // It is the same page, and this is the slowest check of all.
            if width > 320 {
                self.axe().await;
            }
            self.screenshot(&format!("{name}-{scheme}-{width}")).await;
        }
    }

    /// Panics if a field or a button has no border in forced colors, where backgrounds are removed. Keeps a screenshot.
    pub(crate) async fn assert_seen_in_forced_colors(&self, name: &str) {
        self.window(1280, 900).await;
        self.media(&[("forced-colors", "active")]).await;
        let forced = "return matchMedia('(forced-colors: active)').matches";
        self.wait_until("the page is told", async || self.script(forced).await == true).await;
        let borderless =
            "return [...document.querySelectorAll('.mfa :is(button, .mfa-button, input):not([type=hidden])')]
            .filter(found => {
                const { borderTopColor: border, borderTopWidth: width } = getComputedStyle(found);
                const sheet = getComputedStyle(found.closest('.mfa')).backgroundColor;
                return parseFloat(width) < 1 || border === sheet;
            }).map(found => found.outerHTML)";
        assert_eq!(self.script(borderless).await, json!([]), "{name}");
        self.screenshot(&format!("{name}-forced")).await;
        self.media(&[]).await;
    }

    /// Describes what axe-core finds.
    pub(crate) async fn axe_findings(&self) -> String {
        // axe-core waits for timers and promises, which never fire while scripts are off.
        let before = self.scripts(Scripts::On).await;
        let violations = RefCell::new(Value::Null);
        let ran = async || {
            let found = self.persist("axe-core", async || {
                if self.script("return typeof axe").await == "undefined" {
                    self.browser.execute(&*axe::SOURCE, Vec::new()).await?;
                }
                self.browser.execute_async(axe::RUN, Vec::new()).await
            });
            violations.replace(found.await.json().clone());
            violations.borrow().is_array()
        };
        self.wait_until("axe-core runs to its end", ran).await;
        self.scripts(before).await;
        axe::findings(&violations.take())
    }

    /// Keeps a screenshot of the window: `{target}/screenshots/{framework}-{name}.png`.
    pub(crate) async fn screenshot(&self, name: &str) {
        self.persist("a screenshot", async || self.try_screenshot(name).await).await;
    }

    /// Prints the steps so far, the requests and the console, and keeps a screenshot.
    pub(crate) async fn give_evidence(&self, name: &str) {
        let done = self.done.lock().unwrap().join("\n    ");
        let log: Vec<_> = self.browser.browser_log().await.unwrap_or_default();
        let log: Vec<_> = log.iter().map(|entry| format!("{} {}", entry.level, entry.message)).collect();
        eprintln!("on {}, the visitor\n    {done}", self.framework.name());
        let requests = self.requests().await;
        let requests: Vec<_> = requests.iter().map(ToString::to_string).collect();
        eprintln!("the requests:\n    {}", requests.join("\n    "));
        eprintln!("the console's newest:\n    {}", log.join("\n    "));
        if let Err(error) = self.try_screenshot(&format!("failed-{name}")).await {
            eprintln!("there is no picture of it: {error}");
        }
    }

    async fn try_screenshot(&self, name: &str) -> WebDriverResult<()> {
        let folder = target().join("screenshots");
        fs::create_dir_all(&folder).unwrap();
        self.browser.screenshot(&folder.join(format!("{}-{name}.png", self.framework.name()))).await
    }

    /// Panics with the text of the page.
    pub(super) async fn stop(&self, why: &str) -> ! {
        let url = self.browser.current_url().await.map_or_else(|error| error.to_string(), String::from);
        let text = self.browser.execute("return document.body.innerText", Vec::new()).await;
        let text =
            text.map_or_else(|error| error.to_string(), |text| text.json().as_str().unwrap_or("").to_owned());
        panic!("{why}\n\nat {url}:\n{text}");
    }
}

/// Returns the folder of build results.
fn target() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder))
}
