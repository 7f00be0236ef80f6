//! Adapter for a third framework, whose requests and responses are plain structs.
//!
//! It shows what an adapter consists of, and that it only converts:
//!
//! 1. [`App::handle`] is the app-wide part: it gives the request an [`Admission`], and lets that finish the response.
//! 2. `impl RequestHead for Request` presents the head of a request.
//! 3. [`guarded`] is the guard: it claims, and takes the claim immediately before the handler.
//! 4. [`serve`] answers the routes of mfakit, and reads a body only when it needs one.

use std::net::IpAddr;

use mfakit_core::{Mfa, Requirement, Subject};
use mfakit_middleware::{
    Answer, IdentifyError, ProblemKind,
    adapter::{Admission, BodyError, RequestHead, claim, serve},
};

/// Identify function of an app on this framework.
pub(crate) type Identify = fn(&Request) -> Result<Option<Subject>, IdentifyError>;

/// Handler of an app on this framework.
pub(crate) type Handler = fn(&Request) -> Response;

/// Request of the framework.
#[derive(Clone, Default)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) target: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    context: Option<(Admission, Identify)>,
}

/// Response of the framework.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) rejected: Option<ProblemKind>,
}

impl Request {
    pub(crate) fn new(method: &'static str, target: &str) -> Self {
        Self { method, target: target.to_owned(), ..Self::default() }
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn body(mut self, body: &str) -> Self {
        self.body = body.as_bytes().to_vec();
        self
    }
}

impl Response {
    pub(crate) fn values<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(of, _)| of == name).map(|(_, value)| value.as_str())
    }
}

impl From<Answer> for Response {
    fn from(answer: Answer) -> Self {
        let rejected = answer.kind();
        let headers = answer.headers.into_iter().map(|(name, value)| (name.into_owned(), value)).collect();
        Self { status: answer.status, headers, body: answer.body.into_owned(), rejected }
    }
}

impl RequestHead for Request {
    const APP_WIDE: &'static str = "App";

    fn admission(&self) -> Option<Admission> {
        self.context.as_ref().map(|(admission, _)| admission.clone())
    }

    fn method(&self) -> &str {
        self.method
    }

    fn target(&self) -> Option<&str> {
        Some(&self.target)
    }

    fn values(&self, name: &'static str) -> impl Iterator<Item = &[u8]> {
        self.headers.iter().filter(move |(of, _)| *of == name).map(|(_, value)| value.as_bytes())
    }

    fn peer(&self) -> Option<IpAddr> {
        None
    }

    async fn identify(&mut self, _: &Admission) -> Result<Option<Subject>, IdentifyError> {
        match &self.context {
            Some((_, identify)) => identify(self),
            None => Ok(None),
        }
    }
}

/// App on this framework: a single guarded path, and the routes of mfakit.
pub(crate) struct App {
    pub(crate) mfa: Mfa,
    pub(crate) identify: Identify,
    pub(crate) path: &'static str,
    pub(crate) requirement: Requirement,
    pub(crate) handler: Handler,
}

impl App {
    pub(crate) async fn handle(&self, mut request: Request) -> Response {
        let target = Some(request.target.as_str());
        let admission = Admission::new(self.mfa.clone(), None, request.method, target, request.cookies());
        request.context = Some((admission.clone(), self.identify));
        let mut response = self.route(&mut request).await;
        let changes = admission.finish(response.status, response.values("set-cookie").map(str::as_bytes));
        if let Some(value) = changes.cache_control {
            response.headers.retain(|(name, _)| name != "cache-control");
            response.headers.push(("cache-control".to_owned(), value.to_owned()));
        }
        response.headers.extend(changes.set_cookie.map(|value| ("set-cookie".to_owned(), value)));
        response
    }

    async fn route(&self, request: &mut Request) -> Response {
        if request.target.split('?').next() == Some(self.path) {
            return guarded(request, &self.requirement, self.handler).await;
        }
        let body = std::mem::take(&mut request.body);
        let read = async |longest| if body.len() > longest { Err(BodyError::TooLarge) } else { Ok(body) };
        serve(&self.mfa, request, read).await.into()
    }
}

async fn guarded(request: &mut Request, requirement: &Requirement, handler: Handler) -> Response {
    let claim = match claim(request, Ok(requirement)).await {
        Ok(claim) => claim,
        Err(answer) => return answer.into(),
    };
    match claim.take(|| request.facts()).await {
        Ok(_grant) => handler(request),
        Err(answer) => answer.into(),
    }
}
