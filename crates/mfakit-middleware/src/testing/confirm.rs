//! A person who requests a code and enters it.

use std::collections::HashMap;

use mfakit_core::{BoxError, Channel, GrantToken, Scope, testing::TestProvider};
use serde_json::{Value, json};

use crate::testing::{
    call::{HttpCall, HttpReply},
    confirm_error::ConfirmError,
};

/// The whole ceremony: requests a code for a scope, and enters it.
///
/// The calls are the JSON calls of mfakit's routes, with the headers that a browser sends from a page of the same site:
/// `Origin` and `Sec-Fetch-Site`. The app recognizes the user as usual, by a [cookie](Self::cookie) or by a [bearer
/// token](Self::bearer), or by the cookies that the client itself keeps.
///
/// ```
/// use mfakit_core::{BoxError, testing::TestProvider};
/// use mfakit_middleware::testing::{Confirm, HttpCall, HttpReply};
///
/// async fn confirm_transfer(
///     provider: &TestProvider,
///     token: &str,
///     send: impl AsyncFn(HttpCall) -> Result<HttpReply, BoxError>,
/// ) -> Result<(), BoxError> {
///     let confirm = Confirm::new("transfer").base_url("http://127.0.0.1:3000").bearer(token);
///     let confirmed = confirm.run(provider, send).await?;
///     assert_eq!(confirmed.cookie(), None, "a bearer token needs no grant cookie");
///     Ok(())
/// }
/// ```
///
/// `send` is four lines for reqwest:
///
/// ```ignore
/// async fn send(client: &reqwest::Client, call: HttpCall) -> Result<HttpReply, BoxError> {
///     let request = client.request(call.method.parse()?, call.url).headers((&call.headers).try_into()?);
///     let response = request.body(call.body).send().await?;
///     let (status, headers) = (response.status().as_u16(), response.headers().clone());
///     Ok(HttpReply::new(status, &headers, response.text().await?))
/// }
/// ```
#[derive(Clone, Debug)]
#[must_use = "`run` sends the requests"]
pub struct Confirm {
    scope: String,
    base_url: String,
    path: String,
    approval: Option<String>,
    channel: Channel,
    headers: HashMap<String, String>,
}

/// Outcome of a [`Confirm`]: the user has the grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    cookie: Option<String>,
    expires_in: u64,
}

impl Confirmed {
    /// Returns the grant cookie as it stands in the `Cookie` header, such as `__Host-mfa-transfer=…`. `None` for a user who
    /// was recognized by a bearer token. A client with a cookie jar has already stored it.
    #[must_use]
    pub fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    /// Returns the lifetime of the grant in seconds.
    #[must_use]
    pub const fn expires_in(&self) -> u64 {
        self.expires_in
    }
}

impl Confirm {
    /// Creates a ceremony for a scope, by text message, for an app at `http://localhost` whose routes are at `/mfa`.
    pub fn new(scope: impl Into<String>) -> Self {
        Self {
            scope: scope.into(),
            base_url: "http://localhost".to_owned(),
            path: "/mfa".to_owned(),
            approval: None,
            channel: Channel::Messaging,
            headers: HashMap::new(),
        }
    }

    /// Sets the origin that the client reaches the app at, such as `http://127.0.0.1:3000`. It need not be the origin of
    /// the engine.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into().trim_end_matches('/').to_owned();
        self
    }

    /// Sets the path of mfakit's routes, if it is not `/mfa`.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Sets the approval, for a requirement that is bound to an action: the member `approval` of the rejection.
    pub fn approval(mut self, approval: impl Into<String>) -> Self {
        self.approval = Some(approval.into());
        self
    }

    /// Sets the channel.
    pub const fn channel(mut self, channel: Channel) -> Self {
        self.channel = channel;
        self
    }

    /// Sets the session cookie, such as `session=abc`, for a client that does not keep cookies itself.
    pub fn cookie(self, cookie: impl Into<String>) -> Self {
        self.header("cookie", cookie)
    }

    /// Sets the user's bearer token.
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    /// Sets a header of both requests.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.insert(name.to_ascii_lowercase(), value.into());
        self
    }

    /// Requests a code and enters the one that `provider` sent.
    ///
    /// Other tests may use the same provider, and even the same user, at the same time. The codes that arrived meanwhile
    /// for the same number are then tried in turn, at most five.
    ///
    /// # Errors
    ///
    /// Returns an error if the client fails, if the app rejects a call, or if no code arrived. Its text contains the
    /// status, the body, and the usual cause.
    pub async fn run(
        &self,
        provider: &TestProvider,
        send: impl AsyncFn(HttpCall) -> Result<HttpReply, BoxError>,
    ) -> Result<Confirmed, ConfirmError> {
        let before = provider.inbox().len();
        let (challenge, sent_to) = self.start(&send).await?;
        let ending = sent_to.trim_start_matches('•');
        let sent = provider.inbox().into_iter().skip(before);
        let mut codes = sent
            .filter(|sent| sent.channel == self.channel && sent.to.as_e164().ends_with(ending))
            .map(|sent| sent.code);
        let mut code = codes.next().ok_or(ConfirmError::NoCode)?;
        loop {
            match (self.enter(&challenge, &code, &send).await, codes.next()) {
                (Err(ConfirmError::Rejected { reply, .. }), Some(other)) if reply.status == 422 => {
                    code = other;
                }
                (entered, _) => return entered,
            }
        }
    }

    /// Requests a code and enters the one that `code` returns, for an app that does not use a [`TestProvider`].
    ///
    /// # Errors
    ///
    /// Returns an error if the client fails, or if the app rejects a call.
    pub async fn run_with_code(
        &self,
        code: impl AsyncFnOnce() -> String,
        send: impl AsyncFn(HttpCall) -> Result<HttpReply, BoxError>,
    ) -> Result<Confirmed, ConfirmError> {
        let (challenge, _) = self.start(&send).await?;
        self.enter(&challenge, &code().await, &send).await
    }

    /// Starts a challenge. Returns its identifier and the masked number.
    async fn start(
        &self,
        send: &impl AsyncFn(HttpCall) -> Result<HttpReply, BoxError>,
    ) -> Result<(String, String), ConfirmError> {
        let verb = match &self.approval {
            Some(id) => format!("challenge?approval={id}"),
            None => "challenge".to_owned(),
        };
        let (url, reply) = self.post(&verb, json!({ "channel": self.channel.as_str() }), send).await?;
        let body = answered(&url, reply, 201)?;
        let text = |member: &str| body.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok((text("challenge"), text("sent_to")))
    }

    async fn enter(
        &self,
        challenge: &str,
        code: &str,
        send: &impl AsyncFn(HttpCall) -> Result<HttpReply, BoxError>,
    ) -> Result<Confirmed, ConfirmError> {
        let entered = json!({ "challenge": challenge, "code": code });
        let (url, reply) = self.post("verify", entered, send).await?;
        let name = Scope::new(&self.scope).map(|scope| match &self.approval {
            Some(id) => format!("{}~{id}", GrantToken::cookie_name(&scope)),
            None => GrantToken::cookie_name(&scope),
        });
        let cookie = reply.cookies().find(|(set, _)| name.as_deref() == Ok(*set));
        let cookie = cookie.map(|(name, value)| format!("{name}={value}"));
        let body = answered(&url, reply, 200)?;
        Ok(Confirmed {
            cookie,
            expires_in: body.get("expires_in").and_then(Value::as_u64).unwrap_or_default(),
        })
    }

    async fn post(
        &self,
        verb: &str,
        json: Value,
        send: &impl AsyncFn(HttpCall) -> Result<HttpReply, BoxError>,
    ) -> Result<(String, HttpReply), ConfirmError> {
        let url = format!("{}{}/{}/{verb}", self.base_url, self.path, self.scope);
        let mut call = HttpCall::new("POST", &url)
            .header("accept", "application/json")
            .header("content-type", "application/json")
            .header("origin", &self.base_url)
            .header("sec-fetch-mode", "cors")
            .header("sec-fetch-site", "same-origin")
            .body(json.to_string());
        call.headers.extend(self.headers.clone());
        match send(call).await {
            Ok(reply) => Ok((url, reply)),
            Err(error) => Err(ConfirmError::NotSent { url, error }),
        }
    }
}

/// Returns the JSON of a response with this status.
fn answered(url: &str, reply: HttpReply, status: u16) -> Result<Value, ConfirmError> {
    let json = serde_json::from_str(&reply.body);
    match json {
        Ok(json) if reply.status == status => Ok(json),
        _ => Err(ConfirmError::Rejected { url: url.to_owned(), reply }),
    }
}
