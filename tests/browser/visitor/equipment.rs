//! Settings of the browser.

use std::{mem, time::Duration};

use serde_json::{Value, json};

use super::Visitor;
use crate::console;

/// Stops the clock that the scripts of a page read. A test moves it with
/// [`time_passes`](Visitor::time_passes).
const STOPPED_CLOCK: &str = "
    let now = Date.now();
    Date.now = () => now;
    Object.defineProperty(window, 'passTime', { value: milliseconds => { now += milliseconds } });
";

/// State of scripts in pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Scripts {
    #[default]
    On,
    Off,
}

impl Visitor {
    /// Resizes the window to this size in CSS pixels.
    pub(crate) async fn window(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.tell("Emulation.setDeviceMetricsOverride", size).await;
        let sized = format!("return innerWidth === {width} && innerHeight === {height}");
        self.wait_until("the window has its size", async || self.script(&sized).await == true).await;
    }

    /// Lets time pass in the page. Like the bank's clock, the clock of pages stands still, so that nothing
    /// expires and no wait ends because a machine is busy.
    pub(crate) async fn time_passes(&self, time: Duration) {
        self.did(format!("lets {time:?} pass"));
        self.wait_for("body").await;
        self.script(&format!("window.passTime({})", time.as_millis())).await;
    }

    /// Turns scripts off, from the next page on.
    pub(crate) async fn turn_javascript_off(&self) {
        self.did("turns JavaScript off".to_owned());
        self.scripts(Scripts::Off).await;
    }

    /// Turns scripts on again.
    pub(crate) async fn turn_javascript_on(&self) {
        self.did("turns JavaScript on".to_owned());
        self.scripts(Scripts::On).await;
    }

    /// Sets the preferred color scheme, `light` or `dark`.
    pub(crate) async fn prefers(&self, scheme: &str) {
        self.media(&[("prefers-color-scheme", scheme)]).await;
        let matches = format!("return matchMedia('(prefers-color-scheme: {scheme})').matches");
        self.wait_until("the page is told", async || self.script(&matches).await == true).await;
    }

    /// Sets these media features, and no others: `("prefers-reduced-motion", "reduce")`.
    pub(crate) async fn media(&self, features: &[(&str, &str)]) {
        self.did(format!("has {features:?}"));
        let features: Vec<_> =
            features.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.tell("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    /// Cuts the connection.
    pub(crate) async fn go_offline(&self) {
        self.did("goes offline".to_owned());
        self.network(
            json!({ "offline": true, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0 }),
        )
        .await;
    }

    /// Restores the connection.
    pub(crate) async fn go_online(&self) {
        self.did("goes online".to_owned());
        self.network(
            json!({ "offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 }),
        )
        .await;
    }

    /// Sets the preferred language of pages, such as `de`.
    pub(crate) async fn speaks(&self, language: &str) {
        self.did(format!("speaks {language}"));
        // The browser sets this header only together with the user agent, so its name is needed.
        let agent = self.script("return navigator.userAgent").await;
        let speaks = json!({ "userAgent": agent, "acceptLanguage": language });
        self.tell("Emulation.setUserAgentOverride", speaks).await;
    }

    /// Runs a script in every page from the next one on, before those of the page.
    pub(crate) async fn before_pages(&self, script: &str) {
        self.tell("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await;
    }

    /// Turns the scripts of the page on or off, and returns the previous state.
    pub(super) async fn scripts(&self, scripts: Scripts) -> Scripts {
        let value = json!({ "value": scripts == Scripts::Off });
        self.tell("Emulation.setScriptExecutionDisabled", value).await;
        mem::replace(&mut self.scripts.lock().unwrap(), scripts)
    }

    async fn network(&self, conditions: Value) {
        self.tell("Network.emulateNetworkConditions", conditions).await;
    }

    /// Prepares a new tab.
    pub(super) async fn prepare_tab(&self) {
        self.before_pages(console::REPORT_VIOLATIONS).await;
        self.before_pages(STOPPED_CLOCK).await;
    }

    /// Sends a command of Chrome's protocol for developer tools, and returns the answer.
    pub(super) async fn tell(&self, command: &str, parameters: Value) -> Value {
        self.persist(command, async || self.browser.cdp().send_raw(command, parameters.clone()).await).await
    }
}
