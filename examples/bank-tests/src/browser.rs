//! What a browser does, as far as it matters here.

use std::collections::BTreeMap;

use reqwest::{
    Client, Method, RequestBuilder, StatusCode,
    header::{ACCEPT, COOKIE, HeaderMap, ORIGIN, REFERER, SET_COOKIE},
    redirect,
};
use serde_json::Value;

/// A browser with one tab. It follows no redirect by itself.
///
/// It carries its cookies by hand: a cookie jar would keep the grant's, which is `Secure`, from plain http,
/// while browsers send it to 127.0.0.1.
#[derive(Clone, Debug)]
pub struct Browser {
    http: Client,
    address: String,
    /// The cookies by their names.
    pub cookies: BTreeMap<String, String>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: String,
}

impl Browser {
    /// A browser with no cookies, at the site of this address.
    pub fn new(address: &str) -> Self {
        let http = Client::builder().redirect(redirect::Policy::none()).no_proxy().build().unwrap();
        Self { http, address: address.to_owned(), cookies: BTreeMap::new() }
    }

    /// The same browser, whose requests go to another instance of the site from now on.
    #[must_use]
    pub fn at(&self, address: &str) -> Self {
        Self { address: address.to_owned(), ..self.clone() }
    }

    /// Changes pages.
    pub async fn open(&mut self, path: &str) -> Answer {
        let request = self.request(Method::GET, path).header("sec-fetch-mode", "navigate");
        self.send(request.header(ACCEPT, "text/html,*/*;q=0.8")).await
    }

    /// Sends a form that stood on the page at `from`.
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

    /// Fetches, as a script in a page does.
    pub async fn fetch(&mut self, path: &str) -> Answer {
        let request = self.request(Method::GET, path).header("sec-fetch-mode", "cors");
        self.send(request.header(ACCEPT, "*/*")).await
    }

    /// Posts JSON, as a script in a page does.
    pub async fn post(&mut self, path: &str, json: &Value) -> Answer {
        let request = self.request(Method::POST, path).header("sec-fetch-mode", "cors");
        self.send(request.header(ACCEPT, "*/*").header(ORIGIN, &self.address).json(json)).await
    }

    /// Logs in with a name that is the password too.
    pub async fn log_in(&mut self, name: &str) {
        let answer = self.submit("/login", "/login", &[("username", name), ("password", name)]).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/account"), "{}", answer.body);
    }

    /// Gets a scope by JSON; `inbox` reads the newest code.
    pub async fn step_up(&mut self, scope: &str, inbox: impl AsyncFn() -> String) {
        let started =
            self.post(&format!("/mfa/{scope}/challenge"), &serde_json::json!({"channel": "messaging"})).await;
        assert_eq!(started.status, 201, "{}", started.body);
        let typed = serde_json::json!({"challenge": started.json()["challenge"], "code": inbox().await});
        let verified = self.post(&format!("/mfa/{scope}/verify"), &typed).await;
        assert_eq!(verified.status, 200, "{}", verified.body);
    }

    /// A request of a page of the site's own, with the cookies.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path).header("sec-fetch-site", "same-origin")
    }

    /// A request with the cookies, and not a word about where it comes from.
    pub fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.http.request(method, format!("{}{path}", self.address));
        if cookies.is_empty() { request } else { request.header(COOKIE, cookies.join("; ")) }
    }

    /// Sends it, and keeps the cookies that come back.
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

impl Answer {
    /// The first value of a header; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where it leads; empty where it does not.
    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    /// The value of a hidden field of the page.
    pub fn hidden(&self, name: &str) -> &str {
        let start = format!("<input type=\"hidden\" name=\"{name}\" value=\"");
        let (_, rest) = self.body.split_once(&start).unwrap_or_else(|| panic!("no {name} in {}", self.body));
        rest.split_once('"').unwrap().0
    }
}

/// Another code of the same length.
pub fn other_than(code: &str) -> String {
    let first = if code.starts_with('1') { '2' } else { '1' };
    format!("{first}{}", &code[1..])
}
