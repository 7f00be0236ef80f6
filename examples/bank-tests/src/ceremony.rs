//! Requests of a ceremony, as a program sends them.

use serde_json::json;

use crate::browser::{Answer, Browser};

/// Starts a challenge. Returns the response.
pub async fn start(browser: &mut Browser, scope: &str) -> Answer {
    browser.post(&format!("/mfa/{scope}/challenge"), &json!({"channel": "messaging"})).await
}

/// Enters a code. Returns the response.
pub async fn verify(browser: &mut Browser, scope: &str, started: &Answer, code: &str) -> Answer {
    let entered = json!({"challenge": started.json()["challenge"], "code": code});
    browser.post(&format!("/mfa/{scope}/verify"), &entered).await
}
