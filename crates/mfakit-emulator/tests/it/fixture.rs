//! A running emulator and a client for it.

use mfakit_emulator::{Emulator, EmulatorBuilder, Message};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};

pub(crate) const TO: &str = "+12025550123";

/// A running emulator and a client for it.
pub(crate) struct Fixture {
    pub(crate) emulator: Emulator,
    pub(crate) client: Client,
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        Self::with(Emulator::builder()).await
    }

    pub(crate) async fn with(builder: EmulatorBuilder) -> Self {
        Self { emulator: builder.start().await.unwrap(), client: Client::new() }
    }

    /// Builds a request without credentials to a path of the emulator.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let root = self.emulator.inbox_url();
        self.client.request(method, format!("{}{path}", root.trim_end_matches('/')))
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    pub(crate) async fn delete(&self, path: &str) -> Response {
        self.request(Method::DELETE, path).send().await.unwrap()
    }

    /// Builds an operation of account 9900000 with the right credentials.
    pub(crate) fn operation(&self, name: &str, body: &Value) -> RequestBuilder {
        self.operation_below("/api/v1", name, body)
    }

    /// Builds the same request below another root.
    pub(crate) fn operation_below(&self, root: &str, name: &str, body: &Value) -> RequestBuilder {
        self.request(Method::POST, &format!("{root}/accounts/9900000/code/{name}"))
            .basic_auth("emulator", Some("emulator"))
            .json(body)
    }

    /// Calls an operation, and returns the status and JSON of the response.
    pub(crate) async fn call(&self, name: &str, body: &Value) -> (u16, Value) {
        read(self.operation(name, body).send().await.unwrap()).await
    }

    pub(crate) async fn control(&self, name: &str, body: &Value) -> (u16, Value) {
        let sent = self.request(Method::POST, &format!("/control/{name}")).json(body).send().await;
        read(sent.unwrap()).await
    }

    /// Sends a text message, and returns the message that the phone received.
    pub(crate) async fn send(&self, body: &Value) -> Message {
        let (status, answer) = self.call("messaging", body).await;
        assert_eq!(status, 200, "{answer}");
        self.emulator.inbox().pop().unwrap()
    }
}

/// Returns the status and JSON of a response. The JSON is `null` if the body is not JSON.
pub(crate) async fn read(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    (status, response.json().await.unwrap_or_default())
}

pub(crate) fn send_body() -> Value {
    json!({
        "to": TO,
        "from": "+12025550100",
        "applicationId": "66fd98ae-ac8d-a00f-7fcd-ba3280aeb9b1",
        "message": "Your temporary {NAME} {SCOPE} code is {CODE}",
        "digits": 6
    })
}

pub(crate) fn verify_body(code: &str) -> Value {
    json!({"to": TO, "code": code, "expirationTimeInMinutes": 3})
}

/// Sets some fields of `body`. A field whose value is null is removed.
pub(crate) fn changed(mut body: Value, fields: &Value) -> Value {
    let object = body.as_object_mut().unwrap();
    for (name, value) in fields.as_object().unwrap() {
        if value.is_null() {
            object.remove(name);
        } else {
            object.insert(name.clone(), value.clone());
        }
    }
    body
}
