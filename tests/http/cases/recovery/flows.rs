//! Making recovery codes and using them, by people and by programs.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::{codes, make, recover};
use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    cases::numbers::{NEW, NEW_ON_FILE, fill, remove},
    world::Page,
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = by_programs();
    cases.extend(by_people());
    cases
}

fn by_programs() -> Vec<Case> {
    vec![
        case("a program makes recovery codes and uses one", |w| async move {
            let before = w.numbers(Who::Alice, "").await["recovery"].clone();
            assert_eq!((&before["codes"], &before["allowed"]), (&Value::Null, &Value::Null), "{before}");
            assert_eq!(before["recover_url"], "/mfa/number/recover");
            let cookie = w.manage(Who::Alice).await;
            let heard = w.hear(make().by(Who::Alice).cookie(&*cookie)).await;
            let made = codes(&heard.status(200).value());
            assert_eq!(made.len(), 10);
            assert_eq!(heard.header("cache-control"), Some("no-store"));
            let dropped = heard.header("set-cookie").unwrap();
            assert!(dropped.starts_with("__Host-mfa-mfakit.manage=;"), "{heard}");
            w.hear(make().by(Who::Alice).cookie(cookie)).await.problem(401, "step-up-required");

            let sent = w.provider.inner.inbox().len();
            let heard = w.hear(recover(&made[2]).by(Who::Alice)).await;
            let members = heard.status(200).value();
            let set = heard.header("set-cookie").unwrap();
            assert!(set.starts_with("__Host-mfa-mfakit.recover="), "{set}");
            assert!(set.ends_with("; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=600"), "{set}");
            let opened = heard.cookie();
            assert_eq!((&members["codes_left"], &members["may_change_for"]), (&9.into(), &600.into()));
            assert_eq!(w.provider.inner.inbox().len(), sent, "nothing is sent");
            let open = w.numbers(Who::Alice, &opened).await;
            assert_eq!((&open["may_change"], &open["may_remove"]), (&true.into(), &false.into()));
            assert_eq!(open["recovery"]["codes"]["left"], 9);
            w.hear(remove().by(Who::Alice).cookie(&*opened)).await.problem(401, "step-up-required");
            w.hear(make().by(Who::Alice).cookie(&*opened)).await.problem(401, "step-up-required");
            let entered = w.enters(Who::Alice, NEW, &opened).await;
            let heard = w.confirms(Who::Alice, &entered, &opened).await;
            let members = heard.status(200).value();
            let dropped = heard.headers_named("set-cookie");
            assert!(dropped.iter().any(|set| set.starts_with("__Host-mfa-mfakit.recover=;")), "{heard}");
            assert_eq!((&members["number"], &members["replaced"]), (&"•••23".into(), &"•••34".into()));
            assert_eq!(w.on_file("alice").as_deref(), Some(NEW_ON_FILE));
            assert_eq!(w.numbers(Who::Alice, &opened).await["may_change"], false, "it is consumed");
        }),
        case("a program with a bearer token recovers without a cookie", |w| async move {
            let made = w.alice_made_codes().await;
            let heard = w.hear(recover(&made[0]).by(Who::AliceByToken)).await;
            assert_eq!(heard.status(200).header("set-cookie"), None);
            let entered = w.enters(Who::AliceByToken, NEW, "").await;
            w.confirms(Who::AliceByToken, &entered, "").await.status(200);
            assert_eq!(w.on_file("alice").as_deref(), Some(NEW_ON_FILE));
        }),
        case("a program recovers after support allowed it", |w| async move {
            let alice = "alice".into();
            w.mfa.recovery().allow(&alice).await.unwrap().unwrap();
            let waiting = w.numbers(Who::Alice, "").await;
            assert_eq!(waiting["may_change"], false);
            assert!(waiting["recovery"]["allowed"]["from"].is_string(), "{waiting}");
            w.advance(24 * 60 * 60);
            assert_eq!(w.numbers(Who::Alice, "").await["recovery"]["needs_sign_in"], true);
            assert!(!w.may_replace(Who::Alice).await, "the sign-in is a day old");
            w.ledger.sign_in_at(w.mfa.now());
            let entered = w.enters(Who::Alice, NEW, "").await;
            w.confirms(Who::Alice, &entered, "").await.status(200);
            assert_eq!(w.on_file("alice").as_deref(), Some(NEW_ON_FILE));
        }),
        case("of many uses of one recovery code at the same time, one session wins", |w| async move {
            let made = w.alice_made_codes().await;
            let asks =
                [Who::Alice, Who::AliceElsewhere, Who::AliceByToken].map(|who| recover(&made[0]).by(who));
            let (statuses, _) = w.at_once(asks).await;
            assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        }),
    ]
}

fn by_people() -> Vec<Case> {
    vec![
        case("a person makes recovery codes by forms, and sees them once", |w| async move {
            let cookie = w.manage(Who::Alice).await;
            let html = w.number_page(Who::Alice, "/mfa/number", &cookie).await.page(200);
            assert!(html.contains("You have no recovery codes.") && html.contains("Make new recovery codes"));
            let token = Page::read(html).token;
            let form = Ask::form("/mfa/number/codes", &format!("token={token}"));
            let heard = w.hear(form.by(Who::Alice).cookie(&*cookie)).await;
            let html = heard.page(200);
            assert_eq!(heard.header("cache-control"), Some("no-store"));
            let shown: Vec<_> = html.split("<li><code>").skip(1).map(|rest| &rest[..19]).collect();
            assert_eq!(shown.len(), 10, "{html}");
            let (_, rest) = html.split_once("download=\"recovery-codes.txt\" href=\"").expect("the file");
            let data = rest.split('"').next().unwrap();
            let data = data.strip_prefix("data:text/plain;charset=utf-8;base64,").unwrap();
            let file = String::from_utf8(STANDARD.decode(data).unwrap()).unwrap();
            assert!(file.starts_with("Recovery codes for The Bank\r\n"), "{file}");
            assert!(shown.iter().all(|code| file.contains(&format!("\r\n{code}\r\n"))), "{file}");
            let again =
                w.hear(Ask::form("/mfa/number/codes", &format!("token={token}")).by(Who::Alice)).await;
            again.goes_to_page("mfakit.manage");
            let html = w.number_page(Who::Alice, "/mfa/number", "").await.page(200);
            assert!(html.contains("Recovery codes left: 10, made on "), "{html}");
            assert!(shown.iter().all(|code| !html.contains(code)), "they are shown once");
        }),
        case("a person who lost the phone replaces the number by forms", |w| async move {
            let made = w.alice_made_codes().await;
            let html = w.number_page(Who::Alice, "/mfa/number", "").await.page(200);
            for part in [
                "<details class=\"mfa-lost\">\n<summary>Lost this phone?</summary>",
                r#"<label for="mfa-recovery">Recovery code</label>"#,
                r#"aria-describedby="mfa-recovery-hint""#,
                r#"autocomplete="off""#,
            ] {
                assert!(html.contains(part), "{part}: {html}");
            }
            let page = Page::read(html);
            let typed = format!("token={}&code={}", page.token, made[0].to_lowercase().replace('-', "+"));
            let heard = w.hear(Ask::form("/mfa/number/recover", &typed).by(Who::Alice)).await;
            let target = heard.status(303).header("location").unwrap().to_owned();
            let opened = heard.cookie();
            let html = w.number_page(Who::Alice, &target, &opened).await.page(200);
            for part in [
                "Your recovery code was accepted.",
                r#"data-mfa-state="change""#,
                "Recovery codes left: 9, made on ",
            ] {
                assert!(html.contains(part), "{part}: {html}");
            }
            for part in ["Remove this number", "Make new recovery codes", "Lost this phone?"] {
                assert!(!html.contains(part), "{part}: {html}");
            }
            w.advance(30);
            let heard = w.hear(fill(&Page::read(html), NEW).by(Who::Alice).cookie(&*opened)).await;
            let address = heard.status(303).header("location").unwrap().to_owned();
            let typed = w.page(Who::Alice, &address).await.fields(&format!("code={}", w.last_code()));
            let form = Ask::form("/mfa/mfakit.enroll/verify", &typed).by(Who::Alice);
            let heard = w.hear(form.cookie(&*opened)).await;
            heard.status(303);
            assert_eq!(w.on_file("alice").as_deref(), Some(NEW_ON_FILE));
        }),
        case("the page says what support allowed, and from which day", |w| async move {
            w.mfa.recovery().allow(&"alice".into()).await.unwrap().unwrap();
            let page = || w.number_page(Who::Alice, "/mfa/number", "");
            let html = page().await.page(200);
            assert!(html.contains("We were asked to let you replace this number without a code"), "{html}");
            w.advance(24 * 60 * 60);
            let html = page().await.page(200);
            assert!(
                html.contains("Please sign out, and sign in") && html.contains("href=\"/login\""),
                "{html}"
            );
            w.ledger.sign_in_at(w.mfa.now());
            let html = page().await.page(200);
            assert!(html.contains("You can replace this number without a code to it until"), "{html}");
            assert!(html.contains(r#"data-mfa-state="change""#), "{html}");
            w.mfa.recovery().revoke(&"alice".into()).await.unwrap();
            assert!(!page().await.page(200).contains("without a code"));
        }),
    ]
}
