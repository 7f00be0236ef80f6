//! Requests of pages.

use std::fmt;

use serde_json::Value;
use thirtyfour::BrowserLogEntry;

/// Requests of a browser, assembled from the entries of its log.
#[derive(Debug, Default)]
pub(crate) struct Requests(Vec<Request>);

/// A request of a page, a form or a link, as the browser logged it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    id: String,
    /// The method.
    pub(crate) method: String,
    /// The path with its query, or the whole URL if the request went to another origin.
    pub(crate) target: String,
    /// Status of the answer; `None` without an answer (yet).
    pub(crate) status: Option<u16>,
}

impl Requests {
    /// Returns all of them, oldest first. A redirect and its target are two requests.
    pub(crate) fn all(&self) -> &[Request] {
        &self.0
    }

    /// Forgets all of them.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Reads further entries. Targets at this origin become paths.
    pub(crate) fn read(&mut self, log: &[BrowserLogEntry], origin: &str) {
        for entry in log {
            let logged: Value = serde_json::from_str(&entry.message).unwrap();
            let (event, facts) = (&logged["message"]["method"], &logged["message"]["params"]);
            let id = facts["requestId"].as_str().unwrap_or_default();
            if event == "Network.requestWillBeSent" {
                self.answered(id, &facts["redirectResponse"]);
                let (method, url) = (&facts["request"]["method"], &facts["request"]["url"]);
                self.0.push(Request {
                    id: id.to_owned(),
                    method: method.as_str().unwrap().to_owned(),
                    target: target(url.as_str().unwrap(), origin),
                    status: None,
                });
            } else if event == "Network.responseReceived" {
                self.answered(id, &facts["response"]);
            }
        }
    }

    fn answered(&mut self, id: &str, response: &Value) {
        let status = response["status"].as_u64().and_then(|status| status.try_into().ok());
        if let (Some(status), Some(request)) = (status, self.0.iter_mut().rfind(|request| request.id == id)) {
            request.status = Some(status);
        }
    }
}

impl Request {
    /// Reports whether it has this method and path; `path` is without the query.
    pub(crate) fn is(&self, method: &str, path: &str) -> bool {
        self.method == method && self.target.split('?').next() == Some(path)
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
        write!(f, "{} {}: {status}", self.method, self.target)
    }
}

fn target(url: &str, origin: &str) -> String {
    match url.strip_prefix(origin) {
        Some(path) if path.starts_with('/') => path.to_owned(),
        _ => url.to_owned(),
    }
}
