//! A client of an app on either framework, which keeps the cookies that it gets.

use std::collections::BTreeMap;

use actix_web::{
    body::MessageBody,
    dev::{Service, ServiceResponse},
    test,
};
use mfakit::{
    BoxError,
    testing::{HttpCall, HttpReply},
};

/// Sends calls to an app on actix-web.
pub(crate) fn on_actix<B: MessageBody>(
    app: impl Service<actix_http::Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
) -> impl AsyncFn(HttpCall) -> Result<HttpReply, BoxError> {
    async move |call: HttpCall| {
        let request = test::TestRequest::with_uri(call.path()).method(call.method.parse()?);
        let request = call.headers.into_iter().fold(request, |request, header| request.insert_header(header));
        let response = test::call_service(&app, request.set_payload(call.body).to_request()).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = test::read_body(response).await;
        Ok(HttpReply::new(status, headers.iter(), String::from_utf8_lossy(&body)))
    }
}

/// The cookies of one browser.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Jar(BTreeMap<String, String>);

impl Jar {
    /// Keeps a cookie. One without a value is deleted.
    pub(crate) fn keep(&mut self, name: &str, value: &str) {
        if value.is_empty() {
            self.0.remove(name);
        } else {
            self.0.insert(name.to_owned(), value.to_owned());
        }
    }

    /// Sends a request with these cookies, and keeps the cookies of the answer. Returns its status and body.
    pub(crate) async fn ask(
        &mut self,
        app: &impl AsyncFn(HttpCall) -> Result<HttpReply, BoxError>,
        method: &'static str,
        path: &str,
    ) -> (u16, String) {
        let pairs: Vec<_> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let reply = app(HttpCall::new(method, path).header("cookie", pairs.join("; "))).await.unwrap();
        reply.cookies().for_each(|(name, value)| self.keep(name, value));
        (reply.status, reply.body)
    }
}
