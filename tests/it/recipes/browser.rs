//! A client of an app on either framework, which keeps the cookies that it gets.

use std::collections::BTreeMap;

use actix_web::{
    body::MessageBody,
    dev::{Service, ServiceResponse},
    test,
};
use axum::{Router, body::Body, extract::Request};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

/// One request: its method, its path, and headers.
pub(crate) type Ask<'a> = (&'a str, &'a str, Vec<(&'static str, String)>);

/// Status, cookies that were set, and body.
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) set_cookies: Vec<String>,
    pub(crate) body: String,
}

/// Answers requests with an app on axum.
pub(crate) fn on_axum(app: Router) -> impl AsyncFn(Ask<'_>) -> Answered {
    async move |(method, path, headers): Ask<'_>| {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let response = app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let cookies = response.headers().get_all("set-cookie").iter();
        let set_cookies = cookies.map(|value| value.to_str().unwrap().to_owned()).collect();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        Answered { status, set_cookies, body: String::from_utf8(body.to_vec()).unwrap() }
    }
}

/// Answers requests with an app on actix-web.
pub(crate) fn on_actix<B: MessageBody>(
    app: impl Service<actix_http::Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
) -> impl AsyncFn(Ask<'_>) -> Answered {
    async move |(method, path, headers): Ask<'_>| {
        let mut request = test::TestRequest::with_uri(path).method(method.parse().unwrap());
        for header in headers {
            request = request.insert_header(header);
        }
        let response = app.call(request.to_request()).await.unwrap();
        let status = response.status().as_u16();
        let cookies = response.headers().get_all("set-cookie");
        let set_cookies = cookies.map(|value| value.to_str().unwrap().to_owned()).collect();
        let body = test::read_body(response).await;
        Answered { status, set_cookies, body: String::from_utf8(body.to_vec()).unwrap() }
    }
}

/// The cookies of one browser.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Jar(BTreeMap<String, String>);

impl Jar {
    /// Applies `Set-Cookie`. A cookie that is set to nothing is deleted.
    pub(crate) fn take(&mut self, set_cookie: &str) {
        let pair = set_cookie.split(';').next().unwrap_or_default();
        let (name, value) = pair.split_once('=').unwrap();
        if value.is_empty() {
            self.0.remove(name);
        } else {
            self.0.insert(name.to_owned(), value.to_owned());
        }
    }

    /// Sends a request with these cookies, and applies the cookies of the answer.
    pub(crate) async fn ask(
        &mut self,
        app: &impl AsyncFn(Ask<'_>) -> Answered,
        method: &str,
        path: &str,
    ) -> (u16, String) {
        let pairs: Vec<_> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answered = app((method, path, vec![("cookie", pairs.join("; "))])).await;
        answered.set_cookies.iter().for_each(|cookie| self.take(cookie));
        (answered.status, answered.body)
    }
}
