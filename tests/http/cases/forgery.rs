//! Calls that another site makes a browser send (CSRF) [WEB-1].

use serde_json::json;

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    world::{SITE, TRUSTED, World},
};

/// Headers that say where a call comes from, and whether the call is accepted.
const FROM: [(&str, &[&str], Option<&str>, bool); 24] = [
    ("same-origin", &["same-origin"], None, true),
    ("same-origin, with the site's own Origin", &["same-origin"], Some(SITE), true),
    ("same-site", &["same-site"], None, false),
    ("same-site, from a sibling", &["same-site"], Some("https://evil.bank.example"), false),
    ("same-site, from a trusted neighbor", &["same-site"], Some(TRUSTED), true),
    ("cross-site", &["cross-site"], None, false),
    ("cross-site, that claims the site's own Origin", &["cross-site"], Some(SITE), false),
    ("cross-site, from an unknown origin", &["cross-site"], Some("https://evil.example"), false),
    ("none", &["none"], None, false),
    ("none, with the site's own Origin", &["none"], Some(SITE), false),
    ("a word that does not exist", &["friendly"], None, false),
    ("an empty word", &[""], None, false),
    ("same-origin in capitals", &["Same-Origin"], None, false),
    ("same-origin twice", &["same-origin", "same-origin"], None, false),
    ("same-origin and cross-site", &["same-origin", "cross-site"], None, false),
    ("same-origin and cross-site in one header", &["same-origin, cross-site"], None, false),
    ("nothing", &[], None, false),
    ("nothing but the site's own Origin", &[], Some(SITE), true),
    ("nothing but a trusted Origin", &[], Some(TRUSTED), true),
    ("nothing but a foreign Origin", &[], Some("https://evil.example"), false),
    ("nothing but the Origin null", &[], Some("null"), false),
    ("nothing but the site's Origin without TLS", &[], Some("http://bank.example"), false),
    ("nothing but the site's Origin on another port", &[], Some("https://bank.example:8443"), false),
    (
        "nothing but an Origin that begins like the site's",
        &[],
        Some("https://bank.example.evil.example"),
        false,
    ),
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<_> = FROM.into_iter().flat_map(from_somewhere).collect();
    cases.extend(tokens());
    cases.extend([
        case(
            "a form from a browser without Sec-Fetch-Site is accepted by its Origin and its token",
            |w| async move {
                let page = w.page(Who::Alice, "/mfa/pay").await;
                let ask = Ask::post("/mfa/pay/challenge").navigating().header("origin", SITE);
                w.hear(ask.urlencoded(&page.fields("channel=messaging")).by(Who::Alice))
                    .await
                    .goes_to("/mfa/pay");
            },
        ),
        case(
            "a form enters a code only with the token of the page that showed its challenge",
            |w| async move {
                let before = w.page(Who::Alice, "/mfa/pay").await;
                let first = w.start(Who::Alice, "pay").await;
                let shown = w.page(Who::Alice, "/mfa/pay").await;
                w.advance(30);
                let second = w.start(Who::Alice, "pay").await;
                let verify = |token: &str, challenge: &str, code: &str| {
                    let fields = format!("token={token}&challenge={challenge}&code={code}");
                    Ask::form("/mfa/pay/verify", &fields).by(Who::Alice)
                };
                for token in [&before.token, &shown.token] {
                    w.hear(verify(token, &second.challenge, &second.code)).await.page(403);
                }
                w.hear(verify(&before.token, &first.challenge, &first.code)).await.page(403);
                assert_eq!(w.provider.inner.verifies(), 0);
                let now = w.page(Who::Alice, "/mfa/pay").await.token;
                w.hear(verify(&now, &second.challenge, &second.code)).await.status(303);
            },
        ),
        case("a repeated Origin is not accepted", |w| async move {
            let ask = Ask::json_from_anywhere("/mfa/pay/challenge", &json!({ "channel": "messaging" }));
            let ask = ask.header("origin", SITE).header("origin", "https://evil.example");
            w.hear(ask.by(Who::Alice)).await.problem(403, "cross-site");
        }),
        case("neither Host nor Referer makes a call the site's own", |w| async move {
            let ask = Ask::json_from_anywhere("/mfa/pay/challenge", &json!({ "channel": "messaging" }));
            let ask = ask.header("host", "bank.example").header("referer", "https://bank.example/mfa/pay");
            let members = w.hear(ask.by(Who::Alice)).await.problem(403, "cross-site");
            let detail = members["detail"].as_str().unwrap_or_default();
            assert!(detail.contains("must send Origin"), "{members}");
        }),
        case("Host does not decide which Origin is the site's own", |w| async move {
            let ask = Ask::json_from_anywhere("/mfa/pay/challenge", &json!({ "channel": "messaging" }));
            let ask = ask.header("host", "evil.example").header("x-forwarded-host", "evil.example");
            w.hear(ask.header("origin", "https://evil.example").by(Who::Alice))
                .await
                .problem(403, "cross-site");
        }),
        case("a made-up Authorization header does not replace the origin check", |w| async move {
            let ask = Ask::json_from_anywhere("/mfa/pay/challenge", &json!({ "channel": "messaging" }));
            let ask = ask.header("authorization", "Bearer made-up").header("sec-fetch-site", "cross-site");
            w.hear(ask.by(Who::Alice)).await.problem(403, "cross-site");
        }),
        case("a forged call is logged", |w| async move {
            let ask = Ask::json_from_anywhere("/mfa/pay/challenge", &json!({ "channel": "messaging" }));
            w.hear(ask.header("sec-fetch-site", "cross-site").by(Who::Alice)).await.status(403);
            assert!(w.log.text().contains("malicious_csrf"), "{}", w.log.text());
        }),
        case("a forged call has no byte of its body read", |w| async move {
            let ask = Ask::post("/mfa/pay/challenge").header("sec-fetch-site", "cross-site").silent();
            w.hear(ask.by(Who::Alice)).await.untouched().problem(403, "cross-site");
        }),
        case("following a link from another site to the page is allowed", |w| async move {
            let ask = Ask::get("/mfa/pay").navigating().header("sec-fetch-site", "cross-site");
            w.hear(ask.by(Who::Alice)).await.page(200);
        }),
    ]);
    cases
}

fn from_somewhere(
    (said, site, origin, taken): (&'static str, &'static [&'static str], Option<&'static str>, bool),
) -> Vec<Case> {
    let told = move |mut ask: Ask| {
        ask = site.iter().fold(ask, |ask, site| ask.header("sec-fetch-site", *site));
        origin.into_iter().fold(ask, |ask, origin| ask.header("origin", origin))
    };
    let verb = if taken { "is accepted" } else { "is rejected" };
    vec![
        case(format!("a start {verb} from {said}"), move |w| async move {
            let ask = Ask::json_from_anywhere("/mfa/pay/challenge", &json!({ "channel": "messaging" }));
            let heard = w.hear(told(ask).by(Who::Alice)).await;
            if taken {
                heard.status(201);
            } else {
                heard.untouched().problem(403, "cross-site");
            }
            assert_eq!(w.provider.inner.sends(), usize::from(taken));
        }),
        case(format!("a guess {verb} from {said}"), move |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            let body = json!({ "challenge": started.challenge, "code": started.code });
            let heard = w.hear(told(Ask::json_from_anywhere("/mfa/pay/verify", &body)).by(Who::Alice)).await;
            if taken {
                heard.status(200);
            } else {
                heard.untouched().problem(403, "cross-site");
            }
            assert_eq!(w.provider.inner.verifies(), usize::from(taken));
        }),
        case(format!("a revocation {verb} from {said}"), move |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            let heard = w.hear(told(Ask::new("DELETE", "/mfa/settings")).by(Who::Alice)).await;
            heard.status(if taken { 204 } else { 403 });
            let status = w.hear(Ask::get("/settings").by(Who::Alice).cookie(cookie)).await.status;
            assert_eq!(status, if taken { 401 } else { 200 });
        }),
        case(
            format!("a bearer token needs no origin check: its start is accepted from {said}"),
            move |w| async move {
                let ask = Ask::json_from_anywhere("/mfa/pay/challenge", &json!({ "channel": "messaging" }));
                w.hear(told(ask).by(Who::AliceByToken)).await.status(201);
            },
        ),
    ]
}

/// Tokens that do not belong to the form.
async fn foreign_token(w: &World, whose: &str) -> String {
    match whose {
        "no token" => String::new(),
        "an empty token" => "token=".to_owned(),
        "a made-up token" => format!("token={}", "A".repeat(43)),
        "a token that is not base64" => "token=%3C%3E".to_owned(),
        "another user's token" => format!("token={}", w.page(Who::Bob, "/mfa/pay").await.token),
        "another session's token" => format!("token={}", w.page(Who::AliceElsewhere, "/mfa/pay").await.token),
        "another scope's token" => format!("token={}", w.page(Who::Alice, "/mfa/settings").await.token),
        "a token cut short" => {
            let token = w.page(Who::Alice, "/mfa/pay").await.token;
            format!("token={}", &token[..token.len() - 2])
        }
        other => panic!("unknown token: {other}"),
    }
}

/// A form carries a token of its session and scope.
fn tokens() -> impl Iterator<Item = Case> {
    [
        "no token",
        "an empty token",
        "a made-up token",
        "a token that is not base64",
        "another user's token",
        "another session's token",
        "another scope's token",
        "a token cut short",
    ]
    .into_iter()
    .flat_map(|whose| {
        let rejected = move |target: &'static str, rest: &'static str| {
            case(format!("a form to {target} with {whose} is rejected"), move |w| async move {
                let token = foreign_token(&w, whose).await;
                for navigates in [true, false] {
                    let ask =
                        Ask::post(target).same_origin().urlencoded(&format!("{token}&{rest}")).by(Who::Alice);
                    let heard = w.hear(if navigates { ask.navigating() } else { ask }).await;
                    if navigates {
                        heard.page(403);
                    } else {
                        heard.problem(403, "cross-site");
                    }
                }
                assert_eq!((w.provider.inner.sends(), w.provider.inner.verifies()), (0, 0));
            })
        };
        [
            rejected("/mfa/pay/challenge", "channel=messaging"),
            rejected("/mfa/pay/verify", "challenge=AAAA&code=123456"),
            rejected("/mfa/pay/drop", ""),
        ]
    })
}
