//! Orders, and their approval with JSON.

use reqwest::{
    Method,
    header::{ACCEPT, ORIGIN},
};
use serde_json::json;

use crate::browser::{Answer, Browser};

/// Order of a table: an amount and a payee.
pub type Order<'a> = (&'a str, &'a str);

/// Order that was rejected, and kept for an approval.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// Id of the approval.
    pub id: String,
    /// Path at which the code for it is requested.
    pub challenge_url: String,
    /// Path of its situation, and of its page.
    pub situation_url: String,
}

impl Browser {
    /// Sends an order like a script in a page.
    pub async fn order(&mut self, order: Order<'_>) -> Answer {
        self.order_with("/transfer", &fields(order)).await
    }

    /// Sends fields to the route for transfers like a script in a page. `path` may name an approval.
    pub async fn order_with(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.by_script(path).form(fields);
        self.send(request).await
    }

    /// Builds a `POST` request of a script in a page.
    pub fn by_script(&self, path: &str) -> reqwest::RequestBuilder {
        let request = self.request(Method::POST, path).header("sec-fetch-mode", "cors");
        request.header(ACCEPT, "*/*").header(ORIGIN, self.address())
    }

    /// Sends an order that is then rejected and kept.
    pub async fn propose(&mut self, order: Order<'_>) -> Proposal {
        let rejected = self.order(order).await;
        assert_eq!(rejected.status, 401, "{order:?}: {}", rejected.body);
        Proposal::of(&rejected)
    }

    /// Requests a code for an approval. Returns the challenge.
    pub async fn request_code(&mut self, proposal: &Proposal, channel: &str) -> String {
        let started = self.post(&proposal.challenge_url, &json!({"channel": channel})).await;
        assert_eq!(started.status, 201, "{}", started.body);
        started.json()["challenge"].as_str().unwrap().to_owned()
    }

    /// Enters a code for a transfer.
    pub async fn enter_code(&mut self, challenge: &str, code: &str) -> Answer {
        self.post("/mfa/transfer/verify", &json!({"challenge": challenge, "code": code})).await
    }

    /// Approves an order: sends it, requests a code, and enters it. Returns the identifier of the approval. `inbox`
    /// returns the newest code.
    pub async fn approve(&mut self, order: Order<'_>, inbox: impl AsyncFn() -> String) -> String {
        let proposal = self.propose(order).await;
        let challenge = self.request_code(&proposal, "messaging").await;
        let entered = self.enter_code(&challenge, &inbox().await).await;
        assert_eq!(entered.status, 200, "{}", entered.body);
        proposal.id
    }
}

impl Proposal {
    /// Reads the rejection of an order.
    pub fn of(rejected: &Answer) -> Self {
        let problem = rejected.json();
        let text = |name: &str| {
            let value = problem[name].as_str();
            value.unwrap_or_else(|| panic!("no {name} in {problem}")).to_owned()
        };
        assert_eq!(text("type"), "urn:mfakit:problem:step-up-required");
        let id = text("approval");
        let challenge_url = text("challenge_url");
        assert_eq!(challenge_url, format!("/mfa/transfer/challenge?approval={id}"));
        Self { id, challenge_url, situation_url: text("situation_url") }
    }
}

/// Returns the fields of an order.
pub fn fields<'a>((amount, payee): Order<'a>) -> [(&'static str, &'a str); 2] {
    [("amount", amount), ("payee", payee)]
}

/// Returns the name of the cookie with the grant of an approval.
pub fn cookie_name(id: &str) -> String {
    format!("__Host-mfa-transfer~{id}")
}
