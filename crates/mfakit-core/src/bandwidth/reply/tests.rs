//! Every kind of reply, for both operations.

use super::*;
use crate::provider::ProviderError;

/// 2026-11-15T08:00:00Z.
const NOW: Timestamp = Timestamp::from_millis(1_794_729_600_000);

const ID: &str = "abc12312-abcd-1234-abcd-1234abcd1234";

/// Expectation of a row of a table.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Means {
    SendReceipt(&'static str),
    Is(Verdict),
    Error(ProviderErrorKind),
}

use Means::{Error as Wrong, Is, SendReceipt as Taken};
use ProviderErrorKind::{Answer, Credentials, Failed, Request};

fn reply(status: u16, body: &str) -> Reply {
    Reply { status, retry_after: None, body: Body::Whole(body.as_bytes().to_vec()) }
}

fn throttled(retry_after: Option<&str>) -> Reply {
    Reply { retry_after: retry_after.map(str::to_owned), ..reply(429, "{}") }
}

fn meaning_of_send(reply: &Reply) -> (Option<String>, Result<(), ProviderErrorKind>, String) {
    match accepted(reply, NOW).map_err(ProviderError::from) {
        Ok(accepted) => (Some(accepted.id), Ok(()), String::new()),
        Err(error) => (None, Err(error.kind()), error.to_string()),
    }
}

fn check_send(name: &str, reply: &Reply, expected: Means) {
    let (id, outcome, detail) = meaning_of_send(reply);
    match expected {
        Taken(expected) => assert_eq!(id.as_deref(), Some(expected), "{name}: {detail}"),
        Wrong(kind) => assert_eq!(outcome, Err(kind), "{name}: {detail}"),
        Is(_) => unreachable!("a send has no verdict"),
    }
}

fn check_verify(name: &str, reply: &Reply, expected: Means) {
    let outcome = match verdict(reply, NOW).map_err(ProviderError::from) {
        Ok(verdict) => Is(verdict),
        Err(error) => Wrong(error.kind()),
    };
    assert_eq!(outcome, expected, "{name}");
}

#[test]
fn only_a_200_with_the_boolean_true_approves_and_with_false_rejects() {
    let rows = [
        ("true", 200, r#"{"valid": true}"#, Is(Verdict::Approved)),
        ("false", 200, r#"{"valid": false}"#, Is(Verdict::Rejected)),
        ("white space and other fields", 200, " \r\n{\"x\": [1], \"valid\":true}\n", Is(Verdict::Approved)),
        ("missing", 200, "{}", Wrong(Answer)),
        ("null", 200, r#"{"valid": null}"#, Wrong(Answer)),
        ("a text", 200, r#"{"valid": "true"}"#, Wrong(Answer)),
        ("a number", 200, r#"{"valid": 1}"#, Wrong(Answer)),
        ("an array", 200, r#"{"valid": [true]}"#, Wrong(Answer)),
        ("an object", 200, r#"{"valid": {"valid": true}}"#, Wrong(Answer)),
        ("capitals", 200, r#"{"Valid": true}"#, Wrong(Answer)),
        ("deeper", 200, r#"{"data": {"valid": true}}"#, Wrong(Answer)),
        ("twice, true last", 200, r#"{"valid": false, "valid": true}"#, Wrong(Answer)),
        ("twice, false last", 200, r#"{"valid": true, "valid": false}"#, Wrong(Answer)),
        ("twice, once escaped", 200, r#"{"valid": false, "v\u0061lid": true}"#, Wrong(Answer)),
        ("an array for the object", 200, "[true]", Wrong(Answer)),
        ("a bare true", 200, "true", Wrong(Answer)),
        ("a text of JSON", 200, r#""{\"valid\": true}""#, Wrong(Answer)),
        ("two objects", 200, r#"{"valid": true}{"valid": true}"#, Wrong(Answer)),
        ("something behind it", 200, r#"{"valid": true} ok"#, Wrong(Answer)),
        ("a byte order mark", 200, "\u{feff}{\"valid\": true}", Wrong(Answer)),
        ("truncated", 200, r#"{"valid": true"#, Wrong(Answer)),
        ("empty", 200, "", Wrong(Answer)),
        ("HTML", 200, "<html>valid: true</html>", Wrong(Answer)),
        ("an error in a 200", 200, r#"{"result": "Invalid request"}"#, Wrong(Answer)),
    ];
    for (name, status, body, expected) in rows {
        check_verify(name, &reply(status, body), expected);
    }
    for status in 201..600 {
        for body in [r#"{"valid": true}"#, r#"{"valid": false}"#] {
            let outcome = verdict(&reply(status, body), NOW);
            assert!(outcome.is_err(), "{status} {body}");
        }
    }
}

#[test]
fn a_2xx_accepts_a_send_with_or_without_an_id() {
    for (name, status, body, expected) in [
        (
            "a message",
            200,
            r#"{"messageId": "1589228074636lm4k2je7j7jklbn2"}"#,
            Taken("1589228074636lm4k2je7j7jklbn2"),
        ),
        ("a call", 200, r#"{"callId": "c-15ac29a2"}"#, Taken("c-15ac29a2")),
        ("another 2xx", 202, r#"{"messageId": "m-1"}"#, Taken("m-1")),
        ("no id", 200, "{}", Taken("")),
        ("an empty id", 200, r#"{"messageId": ""}"#, Taken("")),
        ("an id that is not a text", 200, r#"{"messageId": 5, "callId": null}"#, Taken("")),
        ("an id of line breaks", 200, r#"{"messageId": "\r\n"}"#, Taken("")),
        ("no body", 204, "", Taken("")),
        ("an empty 200", 200, " ", Taken("")),
        ("an id beside a message", 200, r#"{"messageId": "m-1", "message": "queued"}"#, Taken("m-1")),
        (
            "an error in a 200",
            200,
            r#"{"result": "Invalid request - contact service manager"}"#,
            Wrong(Answer),
        ),
        ("HTML", 200, "<html></html>", Wrong(Answer)),
        ("truncated", 200, r#"{"messageId": "m-1"#, Wrong(Answer)),
        ("an array", 200, r#"["m-1"]"#, Wrong(Answer)),
        ("a verdict", 200, r#"{"valid": true}"#, Taken("")),
    ] {
        check_send(name, &reply(status, body), expected);
    }
}

#[test]
fn an_id_cannot_break_a_log_line() {
    let long = format!(r#"{{"messageId": "m\n\u001b[31m {}"}}"#, "x".repeat(10_000));
    let id = accepted(&reply(200, &long), NOW).ok().unwrap().id;
    assert!(id.starts_with("m[31mxx") && id.len() == 128, "{id}");
}

#[test]
fn a_rejection_has_a_kind_and_the_text_of_its_source() {
    let error = |messages: &str| format!(r#"{{"error": "{messages}", "requestId": "{ID}"}}"#);
    let rows: Vec<(&str, u16, String, ProviderErrorKind, String)> = vec![
        ("moved", 301, String::new(), Answer, "Bandwidth answers 301".into()),
        ("another place", 307, "<html>".into(), Answer, "Bandwidth answers 307".into()),
        ("not modified", 304, r#"{"valid": true}"#.into(), Answer, "Bandwidth answers 304".into()),
        (
            "malformed",
            400,
            error("to number is required"),
            Request,
            format!("Bandwidth answers 400: to number is required (request {ID})"),
        ),
        (
            "unauthorized",
            401,
            r#"{"message": "Unauthorized"}"#.into(),
            Credentials,
            "Bandwidth answers 401: Unauthorized".into(),
        ),
        ("forbidden", 403, r#"{"message": "no"}"#.into(), Credentials, "Bandwidth answers 403: no".into()),
        (
            "forbidden with a capital",
            403,
            r#"{"Message": "User is not authorized to access this resource with an explicit deny"}"#.into(),
            Credentials,
            "Bandwidth answers 403: User is not authorized to access this resource with an explicit deny"
                .into(),
        ),
        (
            "forbidden with null",
            403,
            r#"{"message": null}"#.into(),
            Credentials,
            "Bandwidth answers 403".into(),
        ),
        (
            "null, and words under the other key",
            403,
            r#"{"message": null, "Message": "no"}"#.into(),
            Credentials,
            "Bandwidth answers 403: no".into(),
        ),
        ("forbidden with nothing", 403, String::new(), Credentials, "Bandwidth answers 403".into()),
        ("not found", 404, "<html>".into(), Request, "Bandwidth answers 404".into()),
        ("timed out at the gateway", 408, String::new(), Failed, "Bandwidth answers 408".into()),
        ("wrong media type", 415, "{}".into(), Request, "Bandwidth answers 415".into()),
        ("an unknown rejection", 499, "{}".into(), Request, "Bandwidth answers 499".into()),
        (
            "internal",
            500,
            error("Internal Error"),
            Failed,
            format!("Bandwidth answers 500: Internal Error (request {ID})"),
        ),
        ("a gateway's null", 500, r#"{"message": null}"#.into(), Failed, "Bandwidth answers 500".into()),
        ("bad gateway", 502, "<html>bad</html>".into(), Failed, "Bandwidth answers 502".into()),
        ("true all the same", 503, r#"{"valid": true}"#.into(), Failed, "Bandwidth answers 503".into()),
        ("an unheard-of status", 799, String::new(), Failed, "Bandwidth answers 799".into()),
        (
            "words with a number, a code and a token in them",
            400,
            error("code 123456 for +19195551234 not valid in 'Bearer eyJhbGci.x.y'"),
            Request,
            format!("Bandwidth answers 400: code … for +… not valid in 'Bearer … (request {ID})"),
        ),
        (
            "a request id that is none",
            400,
            r#"{"error": "no", "requestId": "+19195551234"}"#.into(),
            Request,
            "Bandwidth answers 400: no".into(),
        ),
    ];
    for (name, status, body, kind, detail) in rows {
        let reply = reply(status, &body);
        let outcomes = [accepted(&reply, NOW).map(drop), verdict(&reply, NOW).map(|_| ())];
        for outcome in outcomes {
            let error = ProviderError::from(outcome.unwrap_err());
            assert_eq!(error.kind(), kind, "{name}");
            assert!(error.to_string().ends_with(&detail), "{name}: {error}");
        }
    }
}

#[test]
fn a_429_has_a_wait_within_bounds() {
    for (name, retry_after, seconds) in [
        ("seconds", Some("30"), 30),
        ("with white space", Some(" 30 "), 30),
        ("a date", Some("Sun, 15 Nov 2026 08:00:45 GMT"), 45),
        ("a date in the old form", Some("Sunday, 15-Nov-26 08:00:45 GMT"), 45),
        ("a date that is over", Some("Sun, 15 Nov 2026 07:00:00 GMT"), 1),
        ("a date before 1970", Some("Thu, 01 Jan 1601 00:00:00 GMT"), 120),
        ("a date in another century", Some("Fri, 15 Nov 2126 08:00:00 GMT"), 3600),
        ("none at all", Some("0"), 1),
        ("a day", Some("86400"), 3600),
        ("huge", Some("99999999999999999999999999"), 3600),
        ("negative", Some("-5"), 120),
        ("a fraction", Some("1.5"), 120),
        ("nonsense", Some("soon"), 120),
        ("empty", Some(""), 120),
        ("absent", None, 120),
    ] {
        let kind = ProviderErrorKind::Throttled { retry_after: Duration::from_secs(seconds) };
        check_send(name, &throttled(retry_after), Wrong(kind));
        check_verify(name, &throttled(retry_after), Wrong(kind));
    }
}

#[test]
fn an_incomplete_body_matters_only_if_it_decides() {
    let with = |status, body| Reply { status, retry_after: None, body };
    for status in [200, 201, 204] {
        check_send("too long", &with(status, Body::TooLong), Wrong(Answer));
        check_send("cut", &with(status, Body::Cut), Wrong(Failed));
    }
    check_verify("too long", &with(200, Body::TooLong), Wrong(Answer));
    check_verify("cut", &with(200, Body::Cut), Wrong(Failed));
    for (status, kind) in [(400, Request), (403, Credentials), (500, Failed)] {
        for body in [|| Body::TooLong, || Body::Cut] {
            check_send("rejected", &with(status, body()), Wrong(kind));
            check_verify("rejected", &with(status, body()), Wrong(kind));
        }
    }
    check_verify("deep", &reply(200, &"[".repeat(60_000)), Wrong(Answer));
    check_verify("deep", &reply(200, &r#"{"valid":"#.repeat(5_000)), Wrong(Answer));
}
