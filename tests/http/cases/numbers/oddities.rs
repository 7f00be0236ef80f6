//! Odd requests to the routes of the number. Each comes from a session that may change the number, and changes nothing.

use serde_json::json;

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    cases::numbers::{NEW, enter, fill, remove},
    world::{ALICES_NUMBER, Page},
};

/// Paths that look like that of a removal.
const REMOVALS: [&str; 14] = [
    "/mfa/number/remove/",
    "/mfa/number%2Fremove",
    "/mfa/number/%72emove",
    "/mfa/n%75mber/remove",
    "/mfa//number/remove",
    "//mfa/number/remove",
    "/mfa/number//remove",
    "/mfa/NUMBER/remove",
    "/mfa/number/REMOVE",
    "/mfa/./number/remove",
    "/mfa/number/../number/remove",
    "/mfa/number;x=1/remove",
    "/mfa/mfakit.enroll/remove",
    "/mfa/mfakit.manage/remove",
];

/// Paths that look like that of a new number.
const ENTRIES: [&str; 9] = [
    "/mfa/number/",
    "/mfa/NUMBER",
    "/mfa//number",
    "/mfa/number/challenge",
    "/mfa/number/verify",
    "/mfa/number/drop",
    "/mfa/n%75mber",
    "/mfa/number%00",
    "/mfa/mfakit.enroll",
];

/// Bodies of the type `application/json`.
const JSON: [&str; 14] = [
    "",
    "[]",
    r#"["+12025550123","messaging"]"#,
    r#"{"number":["+12025550123"],"channel":"messaging"}"#,
    r#"{"number":{"e164":"+12025550123"},"channel":"messaging"}"#,
    r#"{"number":"+12025550123","number":"+12025550177","channel":"messaging"}"#,
    r#"{"number":"+12025550123","numb\u0065r":"+12025550177","channel":"messaging"}"#,
    r#"{"number":"+12025550123","channel":"messaging","channel":"voice"}"#,
    r#"{"number":"+12025550123\u0000","channel":"messaging"}"#,
    r#"{"number":null,"channel":"messaging"}"#,
    r#"{"number":"+12025550123","channel":"messaging"}{}"#,
    "\u{feff}{\"number\":\"+12025550123\",\"channel\":\"messaging\"}",
    r#"{"number":"+12025550123","channel":"messaging","approval":"AAAAAAAAAAAAAAAAAAAAAA"}"#,
    r#"{"number":"+12025550123,+12025550177","channel":"messaging"}"#,
];

/// Fields of a form, after the token.
const FORMS: [&str; 7] = [
    "number[]=%2B12025550123&channel=messaging",
    "number=%2B12025550123&number=%2B12025550177&channel=messaging",
    "number=%2B12025550123&channel=messaging&channel=messaging",
    "number=%2B12025550123%00&channel=messaging",
    "number=%ff%2B12025550123&channel=messaging",
    "NUMBER=%2B12025550123&channel=messaging",
    "number=%2B12025550123%3B%2B12025550177&channel=messaging",
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = of_requests();
    cases.extend(of_sessions());
    cases
}

fn of_requests() -> Vec<Case> {
    vec![
        case("an odd path is none of the routes of the number", |w| async move {
            let cookie = w.manage(Who::Alice).await;
            let sends = w.provider.inner.sends();
            let number = json!({ "number": NEW, "channel": "messaging" });
            let removals = REMOVALS.map(|target| Ask::json(target, &json!({})));
            let entries = ENTRIES.map(|target| Ask::json(target, &number));
            for ask in removals.into_iter().chain(entries) {
                let target = ask.target.clone();
                let heard = w.hear(ask.by(Who::Alice).cookie(&*cookie)).await;
                assert!((400..500).contains(&heard.status) || heard.runs > 0, "{target}: {heard}");
                assert_eq!(w.on_file("alice").as_deref(), Some(ALICES_NUMBER), "{target}");
            }
            assert_eq!(w.provider.inner.sends(), sends);
        }),
        case("an odd body of a program sends nothing", |w| async move {
            let post = || Ask::post("/mfa/number").same_origin().by(Who::Carol);
            for body in JSON {
                let heard = w.hear(post().header("content-type", "application/json").body(body)).await;
                assert!([400, 413, 422].contains(&heard.status), "{body}: {heard}");
            }
            let good = json!({ "number": NEW, "channel": "messaging" }).to_string();
            for media in
                ["text/plain", "text/json", "multipart/form-data; boundary=x", "application/jsonx", ""]
            {
                w.hear(post().header("content-type", media).body(&*good))
                    .await
                    .problem(415, "unsupported-media-type");
            }
            let long = json!({ "number": "1".repeat(8000), "channel": "messaging" }).to_string();
            let heard = w.hear(post().header("content-type", "application/json").body(long)).await;
            assert!([413].contains(&heard.status), "{heard}");
            assert!(w.provider.inner.inbox().is_empty());
        }),
        case("an odd form sends nothing", |w| async move {
            let page = w.page(Who::Carol, "/mfa/number").await;
            for fields in FORMS {
                let ask = Ask::form("/mfa/number", &format!("token={}&{fields}", page.token));
                let heard = w.hear(ask.by(Who::Carol)).await;
                assert!([400, 413, 422].contains(&heard.status), "{fields}: {heard}");
            }
            let twice = format!("token={0}&token={0}&number={NEW}&channel=messaging", page.token);
            w.hear(Ask::form("/mfa/number", &twice).by(Who::Carol)).await.page(422);
            assert!(w.provider.inner.inbox().is_empty());
        }),
        case("an approval in the address of the number decides nothing", |w| async move {
            let cookie = w.manage(Who::Alice).await;
            let entered = w.enters(Who::Alice, NEW, &cookie).await;
            let waiting = w.numbers(Who::Alice, &cookie).await["pending"].clone();
            let address = waiting["challenge_url"].as_str().unwrap();
            let query = address.split_once('?').unwrap().1;
            let stranger = w.hear(Ask::get(&format!("/mfa/number?{query}")).by(Who::Carol)).await;
            assert_eq!(stranger.status(200).value()["pending"], json!(null));
            for query in [query, "approval=x", "approval=&approval="] {
                let ask = Ask::json(&format!("/mfa/number/remove?{query}"), &json!({}));
                w.hear(ask.by(Who::Alice)).await.problem(401, "step-up-required");
            }
            w.confirms(Who::Alice, &entered, &cookie).await.status(200);
        }),
    ]
}

fn of_sessions() -> Vec<Case> {
    vec![
        case("a form's token of another scope, session or person removes no number", |w| async move {
            let cookie = w.manage(Who::Alice).await;
            let mut tokens = vec![String::new(), "AAAA".to_owned()];
            for (who, target) in [
                (Who::Alice, "/mfa/pay"),
                (Who::Alice, "/mfa/mfakit.manage"),
                (Who::AliceElsewhere, "/mfa/mfakit.manage"),
                (Who::Carol, "/mfa/number"),
            ] {
                tokens.push(w.page(who, target).await.token);
            }
            let elsewhere = w.manage(Who::AliceElsewhere).await;
            let other = w.number_page(Who::AliceElsewhere, "/mfa/number", &elsewhere).await.page(200);
            tokens.push(Page::read(other).token);
            let own = Page::read(w.number_page(Who::Alice, "/mfa/number", &cookie).await.page(200));
            tokens.push(format!("{}.x", own.token));
            for token in tokens {
                let ask = Ask::form("/mfa/number/remove", &format!("token={token}"));
                w.hear(ask.by(Who::Alice).cookie(&*cookie)).await.page(403);
                let ask = Ask::form("/mfa/number", &format!("token={token}&number={NEW}&channel=messaging"));
                w.hear(ask.by(Who::Alice).cookie(&*cookie)).await.page(403);
            }
            assert_eq!(w.on_file("alice").as_deref(), Some(ALICES_NUMBER));
        }),
        case("a notice is for its session, and is no return target", |w| async move {
            let cookie = w.manage(Who::Alice).await;
            let page = Page::read(w.number_page(Who::Alice, "/mfa/number", &cookie).await.page(200));
            let ask = Ask::form("/mfa/number/remove", &format!("token={}", page.token));
            let heard = w.hear(ask.by(Who::Alice).cookie(cookie)).await;
            let target = heard.status(303).header("location").unwrap().to_owned();
            let notice = target.split_once("notice=").unwrap().1.to_owned();
            let own = w.number_page(Who::Alice, &target, "").await.page(200);
            assert!(own.contains("mfa-good"), "{own}");
            for who in [Who::AliceElsewhere, Who::Bob, Who::Carol] {
                let html = w.number_page(who, &target, "").await.page(200);
                assert!(!html.contains("mfa-good"), "{html}");
            }
            // As a return target, it is as good as none.
            let without = w.number_page(Who::Bob, "/mfa/pay", "").await.page(200);
            for scope in ["pay", "mfakit.manage"] {
                let html =
                    w.number_page(Who::Alice, &format!("/mfa/{scope}?return={notice}"), "").await.text();
                assert!(!html.contains(&notice), "{html}");
            }
            assert!(!without.contains(&notice));
        }),
        case("a return target is no notice, and belongs to one session", |w| async move {
            let heard = w.hear(remove().by(Who::Alice)).await;
            let members = heard.problem(401, "step-up-required");
            let page = members["situation_url"].as_str().unwrap().to_owned();
            let signed = page.split_once("return=").unwrap().1;
            let html = w.number_page(Who::Alice, &format!("/mfa/number?notice={signed}"), "").await.page(200);
            assert!(!html.contains("mfa-good"), "{html}");
            for (who, scope) in
                [(Who::Bob, "mfakit.manage"), (Who::AliceElsewhere, "mfakit.manage"), (Who::Alice, "pay")]
            {
                let html = w.number_page(who, &format!("/mfa/{scope}?return={signed}"), "").await.page(200);
                assert!(!html.contains(signed), "{html}");
            }
        }),
        case("a tab from before a change removes and replaces nothing", |w| async move {
            let cookie = w.manage(Who::Alice).await;
            let tab = Page::read(w.number_page(Who::Alice, "/mfa/number", &cookie).await.page(200));
            let entered = w.enters(Who::Alice, NEW, &cookie).await;
            w.confirms(Who::Alice, &entered, &cookie).await.status(200);
            let ask = Ask::form("/mfa/number/remove", &format!("token={}", tab.token));
            w.hear(ask.by(Who::Alice).cookie(&*cookie)).await.goes_to_page("mfakit.manage");
            w.hear(fill(&tab, "202 555 0177").by(Who::Alice).cookie(cookie))
                .await
                .goes_to_page("mfakit.manage");
            assert_eq!(w.on_file("alice").as_deref(), Some("+12025550123"));
        }),
        case("of two hundred removals at once one is carried out", |w| async move {
            let cookie = w.manage(Who::Alice).await;
            let asks = (0..200).map(|_| remove().by(Who::Alice).cookie(&*cookie));
            let (statuses, _) = w.at_once(asks).await;
            assert_eq!(statuses.iter().filter(|status| **status == 204).count(), 1, "{statuses:?}");
            assert!(statuses.iter().all(|status| [204, 401, 409].contains(status)), "{statuses:?}");
        }),
        case("of two hundred numbers at once one is sent a code", |w| async move {
            let asks = (0..200).map(|n| enter(&format!("202 555 {:04}", 100 + n % 100)).by(Who::Carol));
            let (statuses, _) = w.at_once(asks).await;
            assert_eq!(w.provider.inner.sends(), 1, "{statuses:?}");
            assert!(statuses.iter().all(|status| *status < 500), "{statuses:?}");
        }),
    ]
}
