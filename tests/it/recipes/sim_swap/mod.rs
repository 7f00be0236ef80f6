//! A check of SIM swaps over HTTP, in the shape of CAMARA's SIM Swap API.

// Used by the test only.
mod played;
mod stub;

use std::time::Duration;

use async_trait::async_trait;
use mfakit::{
    BoxError, NumberCheck, PhoneNumber, Scope,
    number_check::{Answer, Facts, Inquiry, Moment},
};
use serde::Deserialize;
use tokio::sync::watch;

/// Client of a carrier's SIM Swap API (CAMARA, version 2).
struct SimSwap {
    http: reqwest::Client,
    /// Address of the API, such as `https://api.carrier.example/sim-swap/v2`.
    url: String,
    /// Access token with the scope `sim-swap:check`. A task of the app replaces it before it expires.
    token: watch::Receiver<String>,
    /// Time limit of a call.
    timeout: Duration,
}

#[derive(Deserialize)]
struct Checked {
    swapped: bool,
}

impl SimSwap {
    /// Returns whether the SIM card was swapped in the last `hours`.
    async fn was_swapped(&self, number: &PhoneNumber, hours: u64) -> Result<bool, BoxError> {
        let body = serde_json::json!({ "phoneNumber": number.as_e164(), "maxAge": hours });
        let request = self.http.post(format!("{}/check", self.url)).timeout(self.timeout);
        let token = self.token.borrow().clone();
        let request = request.bearer_auth(token).header("content-type", "application/json");
        let response = request.body(body.to_string()).send().await?.error_for_status()?;
        let checked = serde_json::from_slice::<Checked>(&response.bytes().await?);
        // The text of the error goes to the log, and must not quote the answer.
        Ok(checked.map_err(|_| "the carrier's answer cannot be read")?.swapped)
    }
}

/// Returns the hours that are checked: since the number was confirmed, but at most the time for which the scope wants it to be
/// settled. The API takes 1 to 2,400 hours.
fn hours(inquiry: &Inquiry<'_>) -> u64 {
    let window = inquiry.settled.unwrap_or(Duration::from_secs(72 * 60 * 60));
    let age = inquiry.age().map_or(window, |age| age.min(window));
    (age.as_secs() / 3600).clamp(1, 2400)
}

#[async_trait]
impl NumberCheck for SimSwap {
    async fn check(&self, inquiry: &Inquiry<'_>) -> Result<Answer, BoxError> {
        // A person with a swapped SIM card must not replace the number either.
        if inquiry.moment != Moment::Settled && *inquiry.scope != Scope::MANAGE {
            return Ok(Answer::accept());
        }
        let swapped = self.was_swapped(inquiry.number, hours(inquiry)).await?;
        let answer = if swapped { Answer::reject() } else { Answer::accept() };
        Ok(answer.with_facts(Facts::new().sim_swapped(swapped)))
    }
}
