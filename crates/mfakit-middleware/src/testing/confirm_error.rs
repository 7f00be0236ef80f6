//! Reasons why a ceremony did not end with a grant.

use std::{error::Error, fmt};

use mfakit_core::BoxError;
use serde_json::Value;

use crate::testing::call::HttpReply;

/// Reason why a [`Confirm`](crate::testing::Confirm) did not end with a grant.
///
/// `Display` and `Debug` both write what a test needs to see: the URL, the status, the body and the usual cause.
#[non_exhaustive]
pub enum ConfirmError {
    /// The client did not return a response.
    NotSent {
        /// URL of the call.
        url: String,
        /// Error of the client.
        error: BoxError,
    },
    /// The app answered a call with a rejection, or with something else than mfakit's JSON.
    Rejected {
        /// URL of the call.
        url: String,
        /// Response of the app.
        reply: HttpReply,
    },
    /// The app sent a code, but not through the `TestProvider` of the test.
    NoCode,
}

impl ConfirmError {
    /// Returns the name of the problem, such as `quota-exceeded`, if the app answered with one of mfakit's problems.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        let Self::Rejected { reply, .. } = self else { return None };
        let body: Value = serde_json::from_str(&reply.body).ok()?;
        Some(body.get("type")?.as_str()?.strip_prefix("urn:mfakit:problem:")?.to_owned())
    }

    /// Returns the usual cause, and what to do.
    fn hint(&self) -> &'static str {
        match self.problem().as_deref() {
            Some("unauthenticated") => {
                "; the identity function returned no user: pass the session's cookie with `cookie`, or a token with \
                 `bearer`, or use a client that keeps its cookies"
            }
            Some("cross-site") => {
                "; the client did not send the headers `origin` and `sec-fetch-site` of the call"
            }
            Some("cooling-down" | "quota-exceeded" | "locked" | "disabled") => {
                "; build the engine of the tests with `Policy::for_tests()`"
            }
            Some("misconfigured") => {
                "; the log and the event `sys_misconfigured` name the mistake. With `client_address`, each call needs the \
                 address of a peer, as `on_tower` and servers set it"
            }
            Some("no-number") => "; the directory has no number for the user",
            Some("wrong-code") => "; the code is not the one that the provider sent for this challenge",
            Some(_) => "",
            None if matches!(self, Self::Rejected { reply, .. } if reply.status == 404) => {
                "; the routes of mfakit are elsewhere: set `path`, or add them to the app"
            }
            None => "",
        }
    }
}

impl fmt::Display for ConfirmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSent { url, .. } => write!(f, "POST {url} was not answered"),
            Self::NoCode => f.write_str(
                "no code arrived at this `TestProvider`; pass a clone of the one that the engine was built with",
            ),
            Self::Rejected { url, reply } => {
                write!(f, "POST {url} was answered with {}", reply.status)?;
                if let Some(location) = reply.header("location") {
                    write!(f, " to {location}")?;
                }
                write!(f, ": {}{}", reply.body, self.hint())
            }
        }
    }
}

impl fmt::Debug for ConfirmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)?;
        match self {
            Self::NotSent { error, .. } => write!(f, ": {error}"),
            Self::Rejected { .. } | Self::NoCode => Ok(()),
        }
    }
}

impl Error for ConfirmError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NotSent { error, .. } => Some(&**error),
            Self::Rejected { .. } | Self::NoCode => None,
        }
    }
}
