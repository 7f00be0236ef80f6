//! Bodies that the routes accept and bodies that they reject [HTTP-9].

use serde_json::json;

use crate::http::{
    ask::{Ask, Body, Who},
    case::{Case, case},
    world::ALICES_NUMBER,
};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<_> = rejected().chain(media_types()).chain(guesses()).chain(extra_fields()).collect();
    cases.extend([
        case("a body of exactly four kilobytes is read", |w| async move {
            let body = format!("{:<4096}", r#"{"channel":"messaging"}"#);
            let ask = Ask::post("/mfa/pay/challenge").same_origin().header("content-type", JSON).body(body);
            w.hear(ask.by(Who::Alice)).await.status(201);
        }),
        case("a body of one byte more is rejected", |w| async move {
            let body = format!("{:<4097}", r#"{"channel":"messaging"}"#);
            let ask = Ask::post("/mfa/pay/challenge").same_origin().header("content-type", JSON).body(body);
            w.hear(ask.by(Who::Alice)).await.problem(413, "body-too-large");
            assert_eq!(w.provider.inner.sends(), 0);
        }),
        case("a form may be twice as large, because it carries the return target", |w| async move {
            let token = w.page(Who::Alice, "/mfa/pay").await.token;
            let form = |length: usize| {
                let form = format!("token={token}&channel=messaging&return=");
                Ask::form("/mfa/pay/challenge", &format!("{form:a<length$}")).by(Who::Alice)
            };
            w.hear(form(8193)).await.page(413);
            assert_eq!(w.provider.inner.sends(), 0);
            w.hear(form(8192)).await.goes_to("/mfa/pay");
            assert_eq!(w.provider.inner.sends(), 1);
        }),
        case("a body of ten megabytes is abandoned after a few kilobytes", |w| async move {
            let ask = Ask::post("/mfa/pay/verify").same_origin().header("content-type", JSON);
            let heard = w.hear(ask.body(vec![b' '; 10_000_000]).by(Who::Alice)).await;
            heard.problem(413, "body-too-large");
            assert!(heard.body_read <= 3 * 4096, "{heard}");
        }),
        case("a body that never arrives is awaited for ten seconds", |w| async move {
            let mut ask = Ask::post("/mfa/pay/challenge").same_origin().header("content-type", JSON);
            ask.body = Body::Silent;
            let asked = tokio::time::Instant::now();
            w.hear(ask.by(Who::Alice)).await.problem(408, "body-too-slow");
            assert_eq!(asked.elapsed().as_secs(), 10);
            assert_eq!(w.provider.inner.sends(), 0);
        }),
        case("a body that breaks off is answered with 400", |w| async move {
            let mut ask = Ask::post("/mfa/pay/challenge").same_origin().header("content-type", JSON);
            ask.body = Body::Broken(br#"{"channel":"messaging"}"#.to_vec());
            w.hear(ask.by(Who::Alice)).await.problem(400, "malformed-body");
            assert_eq!(w.provider.inner.sends(), 0);
        }),
        case("JSON that is not UTF-8 is rejected with 400 malformed-body", |w| async move {
            let ask = Ask::post("/mfa/pay/challenge").same_origin().header("content-type", JSON);
            let heard = w.hear(ask.body(b"{\"channel\":\"\xff\"}".as_slice()).by(Who::Alice)).await;
            heard.problem(400, "malformed-body");
        }),
        case("an anonymous request has no byte of its body read", |w| async move {
            for route in ["challenge", "verify", "drop"] {
                let ask = Ask::post(&format!("/mfa/pay/{route}")).same_origin().silent();
                w.hear(ask).await.untouched().problem(401, "unauthenticated");
            }
        }),
        case("revoking by DELETE reads no body", |w| async move {
            let ask = Ask::new("DELETE", "/mfa/pay").same_origin().silent();
            w.hear(ask.by(Who::Alice)).await.untouched().status(204);
        }),
        case("a GET of the page reads no body", |w| async move {
            w.hear(Ask::get("/mfa/pay").navigating().silent().by(Who::Alice)).await.untouched().page(200);
        }),
        case("a name that is repeated to the caller is escaped", |w| async move {
            let body = json!({ "channel": "messaging", "<script>alert(1)</script>\u{7}": "x" });
            let heard = w.hear(Ask::json("/mfa/pay/challenge", &body).by(Who::Alice)).await;
            heard.problem(422, "invalid-field");
            assert!(!heard.text().contains('<'), "{heard}");
        }),
    ]);
    cases
}

fn rejected() -> impl Iterator<Item = Case> {
    [
        ("JSON that is none", JSON, "channel=messaging", 400, "malformed-body"),
        ("JSON that breaks off", JSON, r#"{"channel":"messa"#, 400, "malformed-body"),
        ("JSON and more", JSON, r#"{"channel":"messaging"}{}"#, 400, "malformed-body"),
        ("nothing as JSON", JSON, "", 400, "malformed-body"),
        ("deeply nested JSON", JSON, "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", 422, "invalid-field"),
        ("a list", JSON, "[]", 422, "invalid-field"),
        ("a text", JSON, r#""messaging""#, 422, "invalid-field"),
        ("null", JSON, "null", 422, "invalid-field"),
        ("a field of null", JSON, r#"{"channel":null}"#, 422, "invalid-field"),
        ("a field that is a number", JSON, r#"{"channel":1}"#, 422, "invalid-field"),
        ("a field that is a list", JSON, r#"{"channel":["messaging"]}"#, 422, "invalid-field"),
        ("a field that is an object", JSON, r#"{"channel":{"a":"b"}}"#, 422, "invalid-field"),
        ("a field twice", JSON, r#"{"channel":"messaging","channel":"messaging"}"#, 422, "invalid-field"),
        ("an unknown field", JSON, r#"{"channel":"messaging","phone":"+19195550000"}"#, 422, "invalid-field"),
        ("no field", JSON, "{}", 422, "invalid-field"),
        (
            "the prototype of all objects",
            JSON,
            r#"{"channel":"messaging","__proto__":"x"}"#,
            422,
            "invalid-field",
        ),
    ]
    .into_iter()
    .map(|(what, content_type, body, status, name)| {
        case(format!("{what} is rejected with {status} {name}"), move |w| async move {
            let ask =
                Ask::post("/mfa/pay/challenge").same_origin().header("content-type", content_type).body(body);
            w.hear(ask.by(Who::Alice)).await.problem(status, name);
            assert_eq!(w.provider.inner.sends(), 0);
        })
    })
    .chain(forms())
}

fn forms() -> impl Iterator<Item = Case> {
    [
        ("a form that is not UTF-8", "channel=%ff", 400, "malformed-body"),
        ("a form with a field twice", "channel=messaging&channel=messaging", 422, "invalid-field"),
        ("a form without its field", "", 422, "invalid-field"),
    ]
    .into_iter()
    .map(|(what, body, status, name)| {
        case(format!("{what} is rejected with {status} {name}"), move |w| async move {
            let token = w.page(Who::Alice, "/mfa/pay").await.token;
            let ask =
                Ask::post("/mfa/pay/challenge").same_origin().urlencoded(&format!("token={token}&{body}"));
            w.hear(ask.by(Who::Alice)).await.problem(status, name);
            assert_eq!(w.provider.inner.sends(), 0);
        })
    })
}

/// Scripts of apps and browsers that add fields to every form.
fn extra_fields() -> impl Iterator<Item = Case> {
    [
        ("the app's own token", "_csrf=x"),
        ("a field twice", "_csrf=x&_csrf=y&utf8=%E2%9C%93"),
        ("a field without a name", "=x&=&&"),
        ("a file", "avatar=face.png"),
        ("text that is not UTF-8", "%ff=x&y=%ff"),
        ("a phone number", "to=%2B19195550000&phone=%2B19195550000"),
        ("fields with names almost like ours", "Channel=voice&channel[]=voice&code%00=1&return[]=/x"),
    ]
    .into_iter()
    .map(|(what, more)| {
        case(format!("a form to which a script adds {what} still works"), move |w| async move {
            let page = w.page(Who::Alice, "/mfa/pay").await;
            let ask = |path: &str, fields: &str| {
                Ask::form(&format!("/mfa/pay/{path}"), &format!("{more}&{fields}&{more}")).by(Who::Alice)
            };
            w.hear(ask("challenge", &page.fields("channel=messaging"))).await.goes_to("/mfa/pay");
            let [sent] = &w.provider.inner.inbox()[..] else { panic!("one code is sent") };
            assert_eq!(sent.to.as_e164(), ALICES_NUMBER);
            let page = w.page(Who::Alice, "/mfa/pay").await;
            let heard = w.hear(ask("verify", &page.fields(&format!("code={}", w.last_code())))).await;
            let grant = heard.status(303).cookie();
            let pay = Ask::post("/pay").urlencoded("amount=1").by(Who::Alice);
            w.hear(pay.cookie(grant)).await.passed();
            let page = w.page(Who::Alice, "/mfa/pay").await;
            let dropped = w.hear(ask("drop", &format!("token={}", page.token))).await;
            assert!(dropped.status(303).cookie().ends_with('='), "{dropped}");

            // A field of mfakit is still rejected if it occurs twice.
            w.advance(60);
            let twice = format!("token={0}&token={0}&channel=messaging", page.token);
            w.hear(ask("challenge", &twice)).await.page(422);
            assert_eq!(w.provider.inner.sends(), 1);
        })
    })
}

fn media_types() -> impl Iterator<Item = Case> {
    [
        (&[JSON][..], true),
        (&["application/json; charset=utf-8"], true),
        (&["Application/JSON"], true),
        (&[], false),
        (&["text/plain"], false),
        (&["text/json"], false),
        (&["application/problem+json"], false),
        (&["application/jsonp"], false),
        (&["multipart/form-data; boundary=x"], false),
        (&["*/*"], false),
        (&["text/plain; application/json"], false),
        (&["text/plain", JSON], false),
        (&[JSON, "text/plain"], false),
        (&["application/json, text/plain"], false),
    ]
    .into_iter()
    .map(|(named, taken)| {
        let verb = if taken { "accepted" } else { "rejected" };
        case(format!("a body of the type {named:?} is {verb}"), move |w| async move {
            let ask = Ask::post("/mfa/pay/challenge").same_origin().body(r#"{"channel":"messaging"}"#);
            let ask = named.iter().fold(ask, |ask, named| ask.header("content-type", *named));
            let heard = w.hear(ask.by(Who::Alice)).await;
            if taken {
                heard.status(201);
            } else {
                heard.untouched().problem(415, "unsupported-media-type");
            }
        })
    })
}

/// A guess has one challenge and one code, both as texts [CODE-9].
fn guesses() -> impl Iterator<Item = Case> {
    [
        ("without a code", JSON, r#"{"challenge":"CHALLENGE"}"#, 422),
        ("without a challenge", JSON, r#"{"code":"CODE"}"#, 422),
        ("with a code of null", JSON, r#"{"challenge":"CHALLENGE","code":null}"#, 422),
        ("with a code that is a number", JSON, r#"{"challenge":"CHALLENGE","code":123456}"#, 422),
        ("with a list of codes", JSON, r#"{"challenge":"CHALLENGE","code":["CODE"]}"#, 422),
        ("with two codes", JSON, r#"{"challenge":"CHALLENGE","code":"000000","code":"CODE"}"#, 422),
        (
            "with the caller's own number",
            JSON,
            r#"{"challenge":"CHALLENGE","code":"CODE","to":"+19195550000"}"#,
            422,
        ),
        (
            "with the caller's own lifetime",
            JSON,
            r#"{"challenge":"CHALLENGE","code":"CODE","expires_in":"9999"}"#,
            422,
        ),
        ("with two codes in a form", FORM, "challenge=CHALLENGE&code=000000&code=CODE", 422),
        ("with a list of codes in a form", FORM, "challenge=CHALLENGE&code[]=CODE", 422),
    ]
    .into_iter()
    .map(|(how, content_type, body, status)| {
        case(format!("a guess {how} is rejected and not counted"), move |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            let token = w.page(Who::Alice, "/mfa/pay").await.token;
            let mut body = body.replace("CHALLENGE", &started.challenge).replace("CODE", &started.code);
            if content_type == FORM {
                body = format!("token={token}&{body}");
            }
            let ask =
                Ask::post("/mfa/pay/verify").same_origin().header("content-type", content_type).body(body);
            w.hear(ask.by(Who::Alice)).await.problem(status, "invalid-field");
            assert_eq!(w.provider.inner.verifies(), 0);
            let heard = w.type_code(Who::Alice, "pay", &started.challenge, &started.wrong_code()).await;
            assert_eq!(heard.problem(422, "wrong-code")["attempts_left"], 4);
        })
    })
}
