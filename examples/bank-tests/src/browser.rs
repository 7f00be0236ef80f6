//! A simple browser for tests.

use std::collections::BTreeMap;

use mfakit::{
    BoxError,
    testing::{Confirm, HttpCall, HttpReply},
};
use reqwest::{
    Client, Method, RequestBuilder, StatusCode,
    header::{ACCEPT, ACCEPT_LANGUAGE, COOKIE, HeaderMap, ORIGIN, REFERER, SET_COOKIE},
    redirect,
};
use serde_json::Value;

/// A browser with one tab. It does not follow redirects.
///
/// It handles cookies itself. A cookie jar would not send the grant's cookie over plain http, because it is `Secure`,
/// although browsers send it to 127.0.0.1.
#[derive(Clone, Debug)]
pub struct Browser {
    http: Client,
    address: String,
    /// Cookies by name.
    pub cookies: BTreeMap<String, String>,
    /// Preferred languages. Empty if there are none.
    pub language: String,
}

/// A response.
#[derive(Debug)]
pub struct Answer {
    /// Status of the response.
    pub status: StatusCode,
    /// Headers of the response.
    pub headers: HeaderMap,
    /// Body of the response.
    pub body: String,
}

impl Browser {
    /// Creates a browser without cookies for the site at this address.
    pub fn new(address: &str) -> Self {
        let http = Client::builder().redirect(redirect::Policy::none()).no_proxy().build().unwrap();
        Self { http, address: address.to_owned(), cookies: BTreeMap::new(), language: String::new() }
    }

    /// Returns the same browser for another instance of the site.
    #[must_use]
    pub fn at(&self, address: &str) -> Self {
        Self { address: address.to_owned(), ..self.clone() }
    }

    /// Returns the origin of the site.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Navigates to a page.
    pub async fn open(&mut self, path: &str) -> Answer {
        let request = self.request(Method::GET, path).header("sec-fetch-mode", "navigate");
        self.send(request.header(ACCEPT, "text/html,*/*;q=0.8")).await
    }

    /// Submits a form of the page at `from`.
    pub async fn submit(&mut self, from: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self
            .request(Method::POST, path)
            .header("sec-fetch-mode", "navigate")
            .header(ACCEPT, "text/html,*/*;q=0.8")
            .header(ORIGIN, &self.address)
            .header(REFERER, format!("{}{from}", self.address))
            .form(fields);
        self.send(request).await
    }

    /// Submits a form of a page: the first whose action starts like this, with its hidden fields and more.
    pub async fn send_form(&mut self, page: &Answer, start: &str, fields: &[(&str, &str)]) -> Answer {
        let (action, hidden) = page.form(start);
        let hidden = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let all: Vec<_> = hidden.chain(fields.iter().copied()).collect();
        self.submit("/mfa/transfer", &action, &all).await
    }

    /// Fetches a URL like a script in a page.
    pub async fn fetch(&mut self, path: &str) -> Answer {
        let request = self.request(Method::GET, path).header("sec-fetch-mode", "cors");
        self.send(request.header(ACCEPT, "*/*")).await
    }

    /// Posts JSON like a script in a page.
    pub async fn post(&mut self, path: &str, json: &Value) -> Answer {
        let request = self.request(Method::POST, path).header("sec-fetch-mode", "cors");
        self.send(request.header(ACCEPT, "*/*").header(ORIGIN, &self.address).json(json)).await
    }

    /// Signs in with a name that is also the password.
    pub async fn log_in(&mut self, name: &str) {
        let answer = self.submit("/login", "/login", &[("username", name), ("password", name)]).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/account"), "{}", answer.body);
    }

    /// Obtains a grant for a scope with JSON. `inbox` returns the newest code.
    pub async fn step_up(&mut self, scope: &str, inbox: impl AsyncFn() -> String) {
        let confirm = Confirm::new(scope).base_url(&self.address).cookie(self.cookie_header());
        let confirmed =
            confirm.run_with_code(inbox, async |call| send(&self.http, call).await).await.unwrap();
        let (name, value) = confirmed.cookie().unwrap().split_once('=').unwrap();
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Builds a request from a page of the same site, with the cookies.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path).header("sec-fetch-site", "same-origin")
    }

    /// Builds a request with the cookies, without headers that state its origin.
    pub fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = self.http.request(method, format!("{}{path}", self.address));
        if !self.language.is_empty() {
            request = request.header(ACCEPT_LANGUAGE, &self.language);
        }
        if self.cookies.is_empty() { request } else { request.header(COOKIE, self.cookie_header()) }
    }

    /// Returns the value of the `Cookie` header.
    fn cookie_header(&self) -> String {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        cookies.join("; ")
    }

    /// Sends a request, and stores the cookies of the response.
    pub async fn send(&mut self, request: RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        for cookie in headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Answer { status, headers, body: response.text().await.unwrap() }
    }
}

/// Sends a call of mfakit's.
async fn send(client: &Client, call: HttpCall) -> Result<HttpReply, BoxError> {
    let request = client.request(call.method.parse()?, call.url).headers((&call.headers).try_into()?);
    let response = request.body(call.body).send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Ok(HttpReply::new(status, &headers, response.text().await?))
}

impl Answer {
    /// Returns the first value of a header, or an empty text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Returns the `Location` header, or an empty text.
    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// Parses the body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.body))
    }

    /// Returns the first form of the page whose action starts like this: the action, and the hidden fields.
    pub fn form(&self, start: &str) -> (String, Vec<(String, String)>) {
        let mut forms = self.body.split("<form").skip(1).map(|rest| rest.split("</form>").next().unwrap());
        let form =
            forms.find(|form| attribute(form, "action").is_some_and(|action| action.starts_with(start)));
        let form = form.unwrap_or_else(|| panic!("no form for {start} in {}", self.body));
        let inputs = form.split("<input").skip(1).map(|rest| rest.split('>').next().unwrap());
        let hidden = inputs.filter(|input| attribute(input, "type").as_deref() == Some("hidden"));
        let fields =
            hidden.map(|input| (attribute(input, "name").unwrap(), attribute(input, "value").unwrap()));
        (attribute(form, "action").unwrap(), fields.collect())
    }

    /// Returns the value of a hidden field of the page.
    pub fn hidden(&self, name: &str) -> &str {
        let start = format!("<input type=\"hidden\" name=\"{name}\" value=\"");
        let (_, rest) = self.body.split_once(&start).unwrap_or_else(|| panic!("no {name} in {}", self.body));
        rest.split_once('"').unwrap().0
    }
}

/// Returns the value of an attribute of the first tag in a piece of HTML.
fn attribute(html: &str, name: &str) -> Option<String> {
    let (_, rest) = html.split_once(&format!(" {name}=\""))?;
    let value = rest.split('"').next()?;
    Some(value.replace("&amp;", "&").replace("&#38;", "&"))
}

/// Returns another code of the same length.
pub fn other_than(code: &str) -> String {
    let first = if code.starts_with('1') { '2' } else { '1' };
    format!("{first}{}", &code[1..])
}
