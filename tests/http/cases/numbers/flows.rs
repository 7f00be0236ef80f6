//! Adding, replacing and removing, by people and by programs.

use serde_json::Value;

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    cases::numbers::{NEW, NEW_ON_FILE, fill, remove},
    world::{ALICES_NUMBER, Page},
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = by_programs();
    cases.extend(by_people());
    cases
}

fn by_programs() -> Vec<Case> {
    vec![
        case("a program adds a number", |w| async move {
            let before = w.numbers(Who::Carol, "").await;
            assert_eq!((&before["number"], &before["may_change"]), (&Value::Null, &true.into()));
            let entered = w.enters(Who::Carol, NEW, "").await;
            assert_eq!(w.on_file("carol"), None, "it is not confirmed");
            let waiting = w.numbers(Who::Carol, "").await["pending"].clone();
            assert_eq!(waiting["number"], "•••23", "{waiting}");
            assert_eq!(waiting["challenge"]["challenge"], entered.challenge.as_str());
            let heard = w.confirms(Who::Carol, &entered, "").await;
            let members = heard.status(200).value();
            assert_eq!((&members["number"], &members["replaced"]), (&"•••23".into(), &Value::Null));
            assert_eq!(w.on_file("carol").as_deref(), Some(NEW_ON_FILE));
            let after = w.numbers(Who::Carol, "").await;
            assert_eq!((&after["number"], &after["may_change"]), (&"•••23".into(), &false.into()));
            assert_eq!((&after["reason"], &after["pending"]), (&"step-up-required".into(), &Value::Null));
            assert_eq!(after["confirmed_at"], members["confirmed_at"]);
        }),
        case("a program replaces the number, and everything that the old one proved ends", |w| async move {
            let pays = w.elevate(Who::Alice, "pay").await;
            let cookie = w.manage(Who::Alice).await;
            let entered = w.enters(Who::Alice, NEW, &cookie).await;
            let heard = w.confirms(Who::Alice, &entered, &cookie).await;
            let dropped = "__Host-mfa-mfakit.manage=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0";
            assert_eq!(heard.status(200).header("set-cookie"), Some(dropped));
            assert_eq!(heard.value()["replaced"], "•••34");
            assert_eq!(w.on_file("alice").as_deref(), Some(NEW_ON_FILE));
            let order = Ask::form("/pay", "amount=1").by(Who::Alice).cookie(pays);
            w.hear(order).await.untouched().goes_to_page("pay");
            assert_eq!(w.numbers(Who::Alice, &cookie).await["may_change"], false, "the grant is consumed");
        }),
        case("a confirmation that is replayed changes nothing", |w| async move {
            let cookie = w.manage(Who::Alice).await;
            let entered = w.enters(Who::Alice, NEW, &cookie).await;
            w.confirms(Who::Alice, &entered, &cookie).await.status(200);
            w.confirms(Who::Alice, &entered, &cookie).await.problem(401, "step-up-required");
            let again = w.manage(Who::Alice).await;
            w.confirms(Who::Alice, &entered, &again).await.problem(410, "challenge-over");
            assert_eq!(w.on_file("alice").as_deref(), Some(NEW_ON_FILE));
        }),
        case("of two replacements at the same time, one wins", |w| async move {
            let (here, there) = (w.manage(Who::Alice).await, w.manage(Who::AliceElsewhere).await);
            let one = w.enters(Who::Alice, NEW, &here).await;
            let two = w.enters(Who::AliceElsewhere, "202 555 0177", &there).await;
            let asks = [
                one.confirm().by(Who::Alice).cookie(here),
                two.confirm().by(Who::AliceElsewhere).cookie(there),
            ];
            let (statuses, _) = w.at_once(asks).await;
            assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
            let winner = if statuses[0] == 200 { NEW_ON_FILE } else { "+12025550177" };
            assert_eq!(w.on_file("alice").as_deref(), Some(winner));
        }),
        case("of many confirmations at the same time, one changes the number", |w| async move {
            let cookie = w.manage(Who::Alice).await;
            let entered = w.enters(Who::Alice, NEW, &cookie).await;
            let asks = (0..100).map(|_| entered.confirm().by(Who::Alice).cookie(&*cookie));
            let (statuses, _) = w.at_once(asks).await;
            assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
            assert_eq!(w.on_file("alice").as_deref(), Some(NEW_ON_FILE));
        }),
        case("of many wrong codes at the same time, five reach the provider", |w| async move {
            let entered = w.enters(Who::Carol, NEW, "").await;
            let wrong = if entered.code == "000000" { "000001" } else { "000000" };
            let body = serde_json::json!({ "challenge": entered.challenge, "code": wrong });
            let asks = (0..200).map(|_| Ask::json(&entered.confirm_url, &body).by(Who::Carol));
            let (statuses, _) = w.at_once(asks).await;
            assert!(statuses.iter().all(|status| *status >= 400), "{statuses:?}");
            let checked = w.provider.inner.verifies();
            assert!((1..=5).contains(&checked), "{checked}");
            assert_eq!(w.on_file("carol"), None);
        }),
        case("a program removes the number", |w| async move {
            let cookie = w.manage(Who::Alice).await;
            let heard = w.hear(remove().by(Who::Alice).cookie(&*cookie)).await;
            let dropped = heard.status(204).header("set-cookie").unwrap();
            assert!(dropped.starts_with("__Host-mfa-mfakit.manage=;"), "{heard}");
            assert_eq!(w.on_file("alice"), None);
            w.hear(remove().by(Who::Alice).cookie(cookie)).await.problem(409, "no-number");
        }),
    ]
}

fn by_people() -> Vec<Case> {
    vec![
        case("a person adds a number by forms", |w| async move {
            let html = w.number_page(Who::Carol, "/mfa/number", "").await.page(200);
            for part in [
                r#"data-mfa-state="add""#,
                r#"type="tel""#,
                r#"autocomplete="tel""#,
                r#"<label for="mfa-number">Phone number</label>"#,
                r#"aria-describedby="mfa-hint""#,
            ] {
                assert!(html.contains(part), "{part}: {html}");
            }
            let heard = w.hear(fill(&Page::read(html), NEW).by(Who::Carol)).await;
            let address = heard.status(303).header("location").unwrap().to_owned();
            assert!(address.starts_with("/mfa/mfakit.enroll?approval="), "{address}");
            let page = w.page(Who::Carol, &address).await;
            assert!(
                page.html.contains("•••23") && page.html.contains("href=\"/mfa/number\""),
                "{}",
                page.html
            );
            let typed = page.fields(&format!("code={}", w.last_code()));
            let heard = w.hear(Ask::form("/mfa/mfakit.enroll/verify", &typed).by(Who::Carol)).await;
            let target = heard.status(303).header("location").unwrap().to_owned();
            assert!(target.starts_with("/mfa/number?notice="), "{target}");
            assert_eq!(w.on_file("carol").as_deref(), Some(NEW_ON_FILE));
            let html = w.number_page(Who::Carol, &target, "").await.page(200);
            assert!(html.contains("Your phone number is confirmed."), "{html}");
            assert!(html.contains("We send codes to •••23.") && html.contains("Change or remove"), "{html}");
            let elsewhere = w.number_page(Who::Alice, &target, "").await.page(200);
            assert!(!elsewhere.contains("is confirmed."), "the notice is for one session: {elsewhere}");
        }),
        case("a person replaces and removes a number by forms", |w| async move {
            let html = w.number_page(Who::Alice, "/mfa/number", "").await.page(200);
            assert!(html.contains(r#"data-mfa-state="on-file""#) && !html.contains("<form"), "{html}");
            let (_, rest) = html.split_once("href=\"/mfa/mfakit.manage?return=").expect("the button");
            let address = format!("/mfa/mfakit.manage?return={}", rest.split('"').next().unwrap());
            let page = w.page(Who::Alice, &address).await;
            let send = page.fields("channel=messaging");
            w.hear(Ask::form("/mfa/mfakit.manage/challenge", &send).by(Who::Alice)).await.goes_to(&address);
            let page = w.page(Who::Alice, &address).await;
            let typed = page.fields(&format!("code={}", w.last_code()));
            let heard = w.hear(Ask::form("/mfa/mfakit.manage/verify", &typed).by(Who::Alice)).await;
            let cookie = heard.goes_to("/mfa/number").cookie();

            let html = w.number_page(Who::Alice, "/mfa/number", &cookie).await.page(200);
            assert!(
                html.contains(r#"data-mfa-state="change""#) && html.contains("New phone number"),
                "{html}"
            );
            let page = Page::read(html);
            w.advance(30);
            let heard = w.hear(fill(&page, NEW).by(Who::Alice).cookie(&*cookie)).await;
            let address = heard.status(303).header("location").unwrap().to_owned();
            let heard = w.number_page(Who::Alice, &address, &cookie).await;
            let typed = Page::read(heard.page(200)).fields(&format!("code={}", w.last_code()));
            let ask = Ask::form("/mfa/mfakit.enroll/verify", &typed).by(Who::Alice).cookie(cookie);
            w.hear(ask).await.status(303);
            assert_eq!(w.on_file("alice").as_deref(), Some(NEW_ON_FILE));
            assert_ne!(w.on_file("alice").as_deref(), Some(ALICES_NUMBER));

            let cookie = w.manage(Who::Alice).await;
            let page = Page::read(w.number_page(Who::Alice, "/mfa/number", &cookie).await.page(200));
            let ask = Ask::form("/mfa/number/remove", &format!("token={}", page.token));
            let heard = w.hear(ask.by(Who::Alice).cookie(cookie)).await;
            let target = heard.status(303).header("location").unwrap().to_owned();
            assert_eq!(w.on_file("alice"), None);
            let html = w.number_page(Who::Alice, &target, "").await.page(200);
            assert!(html.contains("Your phone number was removed."), "{html}");
        }),
    ]
}
