//! What kind of browser one has.

use std::{mem, time::Duration};

use serde_json::{Value, json};

use super::Person;
use crate::console;

/// Stops the clock that the scripts of a page read. A test moves it with
/// [`time_passes`](Person::time_passes).
const STOPPED_CLOCK: &str = "
    let now = Date.now();
    Date.now = () => now;
    Object.defineProperty(window, 'passTime', { value: milliseconds => { now += milliseconds } });
";

/// Whether pages run scripts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Scripts {
    #[default]
    On,
    Off,
}

impl Person {
    /// A window of this size in CSS pixels.
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

    /// Lets no page run a script, from the next page on.
    pub(crate) async fn turn_javascript_off(&self) {
        self.did("turns JavaScript off".to_owned());
        self.scripts(Scripts::Off).await;
    }

    /// Lets pages run their scripts again.
    pub(crate) async fn turn_javascript_on(&self) {
        self.did("turns JavaScript on".to_owned());
        self.scripts(Scripts::On).await;
    }

    /// Prefers a color scheme, `light` or `dark`.
    pub(crate) async fn prefers(&self, scheme: &str) {
        self.media(&[("prefers-color-scheme", scheme)]).await;
        let matches = format!("return matchMedia('(prefers-color-scheme: {scheme})').matches");
        self.wait_until("the page is told", async || self.script(&matches).await == true).await;
    }

    /// Has these media features, and no others: `("prefers-reduced-motion", "reduce")`.
    pub(crate) async fn media(&self, features: &[(&str, &str)]) {
        self.did(format!("has {features:?}"));
        let features: Vec<_> =
            features.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.tell("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    /// Loses the connection.
    pub(crate) async fn go_offline(&self) {
        self.did("goes offline".to_owned());
        self.network(
            json!({ "offline": true, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0 }),
        )
        .await;
    }

    /// Has it again.
    pub(crate) async fn go_online(&self) {
        self.did("goes online".to_owned());
        self.network(
            json!({ "offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 }),
        )
        .await;
    }

    /// Wants pages in this language: `de`.
    pub(crate) async fn speaks(&self, language: &str) {
        self.did(format!("speaks {language}"));
        // The headers that follow are those of the agent's own override, which needs the agent's name.
        let agent = self.script("return navigator.userAgent").await;
        let speaks = json!({ "userAgent": agent, "acceptLanguage": language });
        self.tell("Emulation.setUserAgentOverride", speaks).await;
    }

    /// Runs a script in every page from the next one on, before those of the page.
    pub(crate) async fn before_pages(&self, script: &str) {
        self.tell("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await;
    }

    /// Turns the scripts of the page on or off, and says how they were.
    pub(super) async fn scripts(&self, scripts: Scripts) -> Scripts {
        let value = json!({ "value": scripts == Scripts::Off });
        self.tell("Emulation.setScriptExecutionDisabled", value).await;
        mem::replace(&mut self.scripts.lock().unwrap(), scripts)
    }

    async fn network(&self, conditions: Value) {
        self.tell("Network.emulateNetworkConditions", conditions).await;
    }

    /// What every tab has from the start.
    pub(super) async fn prepare_tab(&self) {
        self.before_pages(console::REPORT_VIOLATIONS).await;
        self.before_pages(STOPPED_CLOCK).await;
    }

    /// Tells the browser something by the protocol of its developer tools, and gives back what it answers.
    pub(super) async fn tell(&self, command: &str, parameters: Value) -> Value {
        self.persist(command, async || self.browser.cdp().send_raw(command, parameters.clone()).await).await
    }
}
