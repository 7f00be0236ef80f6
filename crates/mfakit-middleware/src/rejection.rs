//! Rejections in the app's own format.
//!
//! 1. The app's function handles the answers to programs: JSON with a problem. Pages and redirects for people are set by
//!    [`Theme`](mfakit_core::Theme) and [`Messages`](mfakit_core::Messages).
//! 2. It formats an answer and decides nothing. The handler does not run, whatever the function returns.
//! 3. Protective headers are kept. An answer that claims success is dropped, and a panic of the function is caught. In
//!    both cases the default answer is sent, and an event gives the reason.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use mfakit_core::{
    Mfa,
    adapter::MfaExt as _,
    event::{EventContext, EventKind},
};

use crate::{
    answer::{Answer, NO_STORE},
    problem::{Kind, Problem},
};

/// Rejection that is about to be answered with JSON. It is passed to the function that the app sets with
/// `MfaLayer::on_rejection` or `MfaMiddleware::on_rejection`, which writes the answer in the app's own format.
///
/// ```
/// use mfakit_middleware::Rejection;
///
/// fn in_our_format(rejection: &Rejection) -> serde_json::Value {
///     serde_json::json!({
///         "code": rejection.kind().name(),
///         "message": rejection.title(),
///         "confirm_at": rejection.challenge_url(),
///         "retry_in": rejection.retry_after().map(|wait| wait.as_secs()),
///     })
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Rejection(Problem);

impl Rejection {
    /// Returns the kind, which decides the type of the problem.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.0.kind()
    }

    /// Returns the status code of the default answer.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.kind().status()
    }

    /// Returns a short text for people about the problem.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        self.kind().title()
    }

    /// Returns a text for developers that states the remedy, if there is one.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.0.text("detail")
    }

    /// Returns the scope that a guard requires a code for.
    #[must_use]
    pub fn scope(&self) -> Option<&str> {
        self.0.text("scope")
    }

    /// Returns the reason why a guard requires a code: `missing`, `expired` or `mismatch`.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.0.text("reason")
    }

    /// Returns the maximum age of the verified code.
    #[must_use]
    pub fn max_age(&self) -> Option<Duration> {
        self.0.number("max_age").map(Duration::from_secs)
    }

    /// Returns the identifier of the approval that a guard requires, if its requirement is bound to an action. A request can
    /// name it in place of its value, in the header `MFA-Approval`.
    #[must_use]
    pub fn approval(&self) -> Option<&str> {
        self.0.text("approval")
    }

    /// Returns the identifier of an approval of the same value in this session that was consumed a short time ago. If the
    /// response to that request was lost, the client must look up its outcome, and not have another code entered.
    #[must_use]
    pub fn consumed_approval(&self) -> Option<&str> {
        self.0.text("consumed_approval")
    }

    /// Returns the time since that approval was consumed, in whole seconds.
    #[must_use]
    pub fn consumed_ago(&self) -> Option<Duration> {
        self.0.number("consumed_ago").map(Duration::from_secs)
    }

    /// Returns the address at which a code is requested, by `POST`.
    #[must_use]
    pub fn challenge_url(&self) -> Option<&str> {
        self.0.text("challenge_url")
    }

    /// Returns the address at which a program gets the situation of the session as JSON, by `GET`: the channels,
    /// the challenge, and the waits. It is signed for the session.
    #[must_use]
    pub fn situation_url(&self) -> Option<&str> {
        self.0.text("situation_url")
    }

    /// Returns the address of the challenge page, for an answer that leads people there. It is signed for the
    /// session. Bearer tokens have none.
    #[must_use]
    pub fn page_url(&self) -> Option<&str> {
        self.0.page()
    }

    /// Returns the number of attempts left on the challenge.
    #[must_use]
    pub fn attempts_left(&self) -> Option<u64> {
        self.0.number("attempts_left")
    }

    /// Returns the time to wait before the next try.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.0.wait()
    }

    /// Returns the whole problem as in the default answer (RFC 9457), in JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.0.to_json()
    }
}

/// Function of the app that writes a rejection in its own format, given the default answer.
///
/// The error explains why the framework's response could not be converted.
///
/// ```
/// use std::sync::Arc;
/// use mfakit_middleware::{Answer, adapter::OnRejection};
///
/// let in_plain_text: OnRejection = Arc::new(|rejection, _default| {
///     let text = rejection.title().as_bytes().to_vec();
///     Ok(Answer::new(rejection.status()).content("text/plain", text))
/// });
/// ```
pub type OnRejection = Arc<dyn Fn(&Rejection, Answer) -> Result<Answer, String> + Send + Sync>;

/// Headers of the default answer that are kept, because they protect the client or clients rely on them.
const KEPT: [&str; 8] = [
    "www-authenticate",
    "retry-after",
    "set-cookie",
    "vary",
    "link",
    "allow",
    "x-content-type-options",
    "cross-origin-resource-policy",
];

/// Headers that describe the transfer of a body, which the server sets.
const DROPPED: [&str; 4] = ["content-length", "transfer-encoding", "connection", NO_STORE.0];

/// Lets the app's function format an answer, if the answer contains a problem.
pub(crate) fn shape(mfa: &Mfa, on_rejection: &OnRejection, mut answer: Answer) -> Answer {
    let Some(problem) = answer.problem.take() else {
        return answer;
    };
    let rejection = Rejection(*problem);
    let shaping = AssertUnwindSafe(|| on_rejection(&rejection, answer.clone()));
    let why = match std::panic::catch_unwind(shaping) {
        Ok(Ok(shaped)) if is_rejection(shaped.status) => return protected(shaped, &answer),
        Ok(Ok(shaped)) => format!("it answered a rejection with {}", shaped.status),
        Ok(Err(why)) => why,
        Err(_) => "it panicked".to_owned(),
    };
    let error = format!("{why}: the default answer is sent");
    mfa.observe(EventContext::new(), EventKind::AppFailed { function: "on_rejection", error: &error });
    answer
}

/// Returns whether a status shows every client that the request was not carried out. 304 does not: it would show the
/// client its cached answer.
const fn is_rejection(status: u16) -> bool {
    matches!(status, 300..=303 | 305..=599)
}

/// Restores what the app's function may not remove.
fn protected(mut shaped: Answer, default: &Answer) -> Answer {
    shaped.kind = default.kind;
    shaped.headers.retain(|(name, _)| !DROPPED.contains(&name.as_ref()));
    shaped.headers.push((NO_STORE.0.into(), NO_STORE.1.to_owned()));
    for name in KEPT {
        let values = |answer: &Answer| -> Vec<_> {
            answer.headers.iter().filter(|(of, _)| of == name).cloned().collect()
        };
        let (of_default, of_shaped) = (values(default), values(&shaped));
        let missing = of_default.into_iter().filter(|header| !of_shaped.contains(header));
        // Several of these may coexist. For the others, the app's own value takes precedence.
        if of_shaped.is_empty() || matches!(name, "set-cookie" | "vary" | "www-authenticate") {
            shaped.headers.extend(missing);
        }
    }
    shaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn default() -> Answer {
        Problem::new(Kind::Unavailable).into_answer().header("set-cookie", "a=1")
    }

    #[test]
    fn protective_headers_are_restored_and_other_headers_of_the_app_stay() {
        let mut shaped = Answer::new(418).header("x-own", "1").header("content-length", "7");
        shaped.headers.retain(|(name, _)| name != "x-content-type-options");
        shaped =
            shaped.header("cache-control", "public").header("set-cookie", "b=2").header("retry-after", "9");
        let answer = protected(shaped, &default());
        let values = |name: &str| -> Vec<_> {
            answer.headers.iter().filter(|(of, _)| of == name).map(|(_, value)| value.as_str()).collect()
        };
        assert_eq!(answer.status, 418);
        for (name, expected) in [
            ("x-own", vec!["1"]),
            ("content-length", vec![]),
            ("cache-control", vec!["no-store"]),
            ("set-cookie", vec!["b=2", "a=1"]),
            ("retry-after", vec!["9"]),
            ("x-content-type-options", vec!["nosniff"]),
            ("vary", vec!["Cookie, Accept, Sec-Fetch-Mode"]),
        ] {
            assert_eq!(values(name), expected, "{name}");
        }
    }

    #[test]
    fn only_a_status_that_rejects_is_an_answer_to_a_rejection() {
        let rejecting = |status| is_rejection(status);
        assert!([303, 400, 401, 403, 418, 500, 503, 599].into_iter().all(rejecting));
        assert!(![0, 100, 101, 200, 201, 204, 299, 304, 600].into_iter().any(rejecting));
    }
}
