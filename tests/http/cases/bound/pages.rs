//! Pages of an action, and its situation for programs.

use super::{ORDER, Proposed, approve, pay};
use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    heard::Heard,
    world::{Page, World},
};

const LINES: &str = "<dl class=\"mfa-lines\">\n<div><dt>To</dt><dd><bdi>ACME</bdi></dd></div>\n\
                     <div><dt>Units</dt><dd><bdi>100</bdi></dd></div>\n</dl>";

/// Asserts that the page shows the action.
#[track_caller]
fn shows_the_action(html: &str) {
    assert!(html.contains(">Send to ACME</h1>"), "{html}");
    assert!(html.contains(LINES), "{html}");
}

/// Rejects a browser's form, and returns the address of the page.
async fn rejected(w: &World) -> String {
    let heard = w.hear(Ask::form("/bound/pay", ORDER).by(Who::Alice)).await;
    assert_eq!(heard.runs, 0, "{heard}");
    heard.status(303).header("location").unwrap().to_owned()
}

/// Opens a page with a grant cookie.
fn open(address: &str, cookie: &str) -> Ask {
    Ask::get(address).navigating().by(Who::Alice).cookie(cookie)
}

/// Submits one of the page's forms.
async fn submit(w: &World, page: &Page, route: &str, more: &str) -> Heard {
    let (_, rest) = page.html.split_once(&format!("action=\"/mfa/pay/{route}")).expect("the form");
    let query = rest.split('"').next().unwrap();
    let target = format!("/mfa/pay/{route}{query}");
    w.hear(Ask::form(&target, &page.fields(more)).by(Who::Alice)).await
}

/// Enters the right code on the page of a rejected form. Returns the page's address, and the grant cookie.
async fn confirmed(w: &World) -> (String, String) {
    let address = rejected(w).await;
    let page = w.page(Who::Alice, &address).await;
    submit(w, &page, "challenge", "channel=messaging").await.goes_to(&address);
    let page = w.page(Who::Alice, &address).await;
    let heard = submit(w, &page, "verify", &format!("code={}", w.last_code())).await;
    heard.goes_to(&address);
    (address, heard.cookie())
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = for_people();
    cases.extend(for_programs());
    cases
}

fn for_people() -> Vec<Case> {
    vec![
        case("the page shows the action in every state", |w| async move {
            let address = rejected(&w).await;
            assert!(address.starts_with("/mfa/pay?approval="), "{address}");
            let page = w.page(Who::Alice, &address).await;
            shows_the_action(&page.html);
            assert!(page.html.contains("Enter a code to confirm this. It’s good for nothing else."));
            assert!(!page.html.contains("each time"), "{}", page.html);
            submit(&w, &page, "challenge", "channel=messaging").await.goes_to(&address);
            let page = w.page(Who::Alice, &address).await;
            shows_the_action(&page.html);
            for (route, more, status) in [
                ("challenge", "channel=messaging", 429),
                ("verify", "code=12", 422),
                ("verify", "code=000000", 422),
            ] {
                let heard = submit(&w, &page, route, more).await;
                shows_the_action(&heard.page(status));
            }
        }),
        case("after the code, one button repeats the request by the name of its approval", |w| async move {
            let (address, cookie) = confirmed(&w).await;
            let html = w.hear(open(&address, &cookie)).await.page(200);
            shows_the_action(&html);
            let form = "<form class=\"mfa-go\" method=\"post\" action=\"";
            let (_, rest) = html.split_once(form).expect("the button");
            let target = rest.split('"').next().unwrap();
            assert!(target.starts_with("/bound/pay?mfa-approval="), "{target}");
            assert!(rest.contains("<button type=\"submit\">Send to ACME</button>"), "{rest}");
            let press = || Ask::form(target, "").by(Who::Alice).cookie(cookie.clone());
            let heard = w.hear(press()).await;
            assert!(heard.passed().text().starts_with("paid 100 to ACME by "), "{heard}");
            // A second press finds nothing, and the page says so.
            let heard = w.hear(press()).await;
            let page = heard.untouched().status(303).header("location").unwrap().to_owned();
            let html = w.hear(open(&page, &cookie)).await.page(410);
            assert!(html.contains("You’ve already sent this"), "{html}");
            assert!(html.contains("Back to The Bank") && !html.contains("Start over"), "{html}");
            // After its grant would have expired, the use is no longer known, and the page does not suggest paying
            // again.
            w.advance(600);
            let html = w.hear(open(&page, &cookie)).await.page(410);
            assert!(
                html.contains("There’s nothing left to confirm") && html.contains("check before"),
                "{html}"
            );
        }),
        case("a long address has no button, and leads back to the form", |w| async move {
            let long = format!("/bound/pay?note={}", "x".repeat(600));
            let ask = Ask::form(&long, ORDER).by(Who::Alice).header("referer", "https://bank.example/order");
            let address = w.hear(ask).await.status(303).header("location").unwrap().to_owned();
            let page = w.page(Who::Alice, &address).await;
            submit(&w, &page, "challenge", "channel=messaging").await.goes_to(&address);
            let page = w.page(Who::Alice, &address).await;
            let heard = submit(&w, &page, "verify", &format!("code={}", w.last_code())).await;
            let html = w.hear(open(&address, &heard.cookie())).await.page(200);
            assert!(!html.contains("class=\"mfa-go\"") && html.contains("href=\"/order\""), "{html}");
        }),
        case("a cancellation ends one approval and no other", |w| async move {
            for by_form in [true, false] {
                let one = approve(&w, Who::Alice, pay(Who::Alice, ORDER)).await;
                let two = approve(&w, Who::Alice, pay(Who::Alice, "amount=5&payee=Bob")).await;
                let cookies = format!("{}; {}", one.cookie, two.cookie);
                let page = format!("/mfa/pay?approval={}", two.id);
                let heard = if by_form {
                    let page = Page::read(w.hear(open(&page, &cookies)).await.page(200));
                    submit(&w, &page, "drop", "").await
                } else {
                    w.hear(Ask::new("DELETE", &page).by(Who::Alice).same_origin().cookie(&*cookies)).await
                };
                heard.status(if by_form { 303 } else { 204 });
                let dropped: Vec<_> = heard.headers_named("set-cookie");
                assert!(dropped.len() == 1 && dropped[0].contains(&two.id), "{heard}");
                let ask = Ask::post(&format!("/bound/pay?mfa-approval={}", two.id)).by(Who::Alice);
                let heard = w.hear(ask.same_origin().cookie(&*cookies)).await;
                assert_eq!(heard.untouched().problem(410, "approval-over")["consumed"], false, "{heard}");
                w.hear(pay(Who::Alice, ORDER).cookie(cookies)).await.passed();
            }
        }),
        case("a cancellation in another tab does not hide that a payment was sent", |w| async move {
            for path in ["/mfa/pay?approval=", "/mfa/pay"] {
                let sent = approve(&w, Who::Alice, pay(Who::Alice, ORDER)).await;
                w.hear(pay(Who::Alice, ORDER).cookie(&*sent.cookie)).await.passed();
                let page = if path.ends_with('=') { format!("{path}{}", sent.id) } else { path.to_owned() };
                let drop = Ask::new("DELETE", &page).by(Who::Alice).same_origin().cookie(&*sent.cookie);
                w.hear(drop).await.status(204);
                let ask = Ask::post(&format!("/bound/pay?mfa-approval={}", sent.id)).by(Who::Alice);
                let heard = w.hear(ask.same_origin().cookie(&*sent.cookie)).await;
                assert_eq!(heard.untouched().problem(410, "approval-over")["consumed"], true, "{heard}");
            }
        }),
        case("without an approval, a DELETE ends all of the scope in the session", |w| async move {
            let one = approve(&w, Who::Alice, pay(Who::Alice, ORDER)).await;
            let two = approve(&w, Who::Alice, pay(Who::Alice, "amount=5&payee=Bob")).await;
            let elsewhere = approve(&w, Who::AliceElsewhere, pay(Who::AliceElsewhere, ORDER)).await;
            let cookies = format!("{}; {}", one.cookie, two.cookie);
            let drop = Ask::new("DELETE", "/mfa/pay").by(Who::Alice).same_origin().cookie(&*cookies);
            let heard = w.hear(drop).await;
            let dropped: Vec<_> = heard.status(204).headers_named("set-cookie");
            assert_eq!(dropped.len(), 3, "{heard}");
            for body in [ORDER, "amount=5&payee=Bob"] {
                Proposed::read(&w.hear(pay(Who::Alice, body).cookie(&*cookies)).await);
            }
            w.hear(pay(Who::AliceElsewhere, ORDER).cookie(elsewhere.cookie)).await.passed();
        }),
        case("no further payment ends one whose code was entered", |w| async move {
            let mut approved = Vec::new();
            for amount in 1..=3 {
                approved.push(
                    approve(&w, Who::Alice, pay(Who::Alice, &format!("amount={amount}&payee=A"))).await,
                );
                w.advance(1);
            }
            for amount in 4..=9 {
                Proposed::read(&w.hear(pay(Who::Alice, &format!("amount={amount}&payee=A"))).await);
                let look = Ask::get(&format!("/bound/look?amount={amount}0&payee=A"));
                Proposed::read(&w.hear(look.by(Who::Alice).same_origin()).await);
            }
            for (amount, approved) in (1..=3).zip(approved) {
                let ask = pay(Who::Alice, &format!("amount={amount}&payee=A")).cookie(approved.cookie);
                w.hear(ask).await.passed();
            }
        }),
        case("a page without a button says what to do after the code", |w| async move {
            let ask = Ask::form("/bound/inside", ORDER).by(Who::Alice);
            let ask = ask.header("referer", "https://bank.example/order");
            let address = w.hear(ask).await.status(303).header("location").unwrap().to_owned();
            let page = w.page(Who::Alice, &address).await;
            submit(&w, &page, "challenge", "channel=messaging").await.goes_to(&address);
            let page = w.page(Who::Alice, &address).await;
            let heard = submit(&w, &page, "verify", &format!("code={}", w.last_code())).await;
            let cookie = heard.cookie();
            let html = w.hear(open(&address, &cookie)).await.page(200);
            assert!(html.contains("Nothing has happened yet") && html.contains("send it again"), "{html}");
            assert!(!html.contains("class=\"mfa-go\"") && html.contains("href=\"/order\""), "{html}");
            // The name alone does not stand in for the form that the handler reads.
            let (_, id) = address.split_once("approval=").unwrap();
            let id = id.split('&').next().unwrap();
            let named = Ask::post(&format!("/bound/inside?mfa-approval={id}")).by(Who::Alice).same_origin();
            assert_eq!(w.hear(named.urlencoded("").cookie(&*cookie)).await.runs, 0);
            w.hear(Ask::form("/bound/inside", ORDER).by(Who::Alice).cookie(cookie)).await.passed();
        }),
        case("a canceled approval is over", |w| async move {
            let (address, cookie) = confirmed(&w).await;
            let page = Page::read(w.hear(open(&address, &cookie)).await.page(200));
            let heard = submit(&w, &page, "drop", "").await;
            let (_, id) = address.split_once("approval=").unwrap();
            let id = id.split('&').next().unwrap();
            let dropped = format!("__Host-mfa-pay~{id}=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0");
            assert_eq!(heard.status(303).header("set-cookie"), Some(&*dropped), "{heard}");
            Proposed::read(&w.hear(pay(Who::Alice, ORDER).cookie(cookie)).await);
        }),
        case("a form whose page stays is answered with the page of its approval", |w| async move {
            let ask = Ask::form("/bound/pay", ORDER).by(Who::Alice);
            let heard = w.hear(ask.cookie("__Host-mfa--stay-k3=%2Fbound%2Fpay")).await;
            let cookie = heard.status(204).header("set-cookie").unwrap();
            assert!(cookie.starts_with("__Host-mfa--stay-k3=/mfa/pay?approval="), "{cookie}");
        }),
    ]
}

fn for_programs() -> Vec<Case> {
    vec![
        case("the code of one approval is no code for another", |w| async move {
            let first = Proposed::read(&w.hear(pay(Who::Alice, ORDER)).await);
            let second = Proposed::read(&w.hear(pay(Who::Alice, "amount=5&payee=Bob")).await);
            let started = w.start_at(Who::Alice, &first.challenge_url).await;
            let (challenge, _) = started.challenge.split_once('.').unwrap();
            for named in [format!("{challenge}.{}", second.id), challenge.to_owned()] {
                let heard = w.type_code(Who::Alice, "pay", &named, &started.code).await;
                heard.problem(410, "challenge-over");
            }
            w.type_code(Who::Alice, "pay", &started.challenge, &started.code).await.status(200);
        }),
        case("the situation has the action, for the program that shows it", |w| async move {
            let proposed = Proposed::read(&w.hear(pay(Who::Alice, ORDER)).await);
            let ask = || Ask::get(&proposed.situation_url).by(Who::Alice);
            let members = w.hear(ask()).await.status(200).value();
            let lines = serde_json::json!([
                { "label": "To", "value": "ACME" },
                { "label": "Units", "value": "100" },
            ]);
            let action = serde_json::json!({
                "sentence": "Send to ACME",
                "lines": lines,
                "approval": proposed.id,
                "consumed_approval": null,
                "consumed_ago": null,
            });
            assert_eq!(members["action"], action);
            assert_eq!(members["challenge_url"], proposed.challenge_url.as_str());
            assert_eq!((&members["state"], &members["once"]), (&"ask".into(), &true.into()));
            assert_eq!(members["texts"]["heading"], "Send to ACME");
            let started = w.start_at(Who::Alice, &proposed.challenge_url).await;
            let members = w.hear(ask()).await.status(200).value();
            assert_eq!(members["challenge"]["challenge"], started.challenge.as_str());
            let unbound = Ask::get("/mfa/pay").by(Who::Alice).header("accept", "application/json");
            assert_eq!(w.hear(unbound).await.status(200).value()["action"], serde_json::Value::Null);
        }),
        case("an approval that is over has neither a situation nor a code", |w| async move {
            let approved = approve(&w, Who::Alice, pay(Who::Alice, ORDER)).await;
            w.hear(pay(Who::Alice, ORDER).cookie(approved.cookie)).await.passed();
            for id in [&*approved.id, "AAAAAAAAAAAAAAAAAAAAAA", "x", ""] {
                let page = format!("/mfa/pay?approval={id}");
                let json = Ask::get(&page).by(Who::Alice).header("accept", "application/json");
                let consumed = id == approved.id;
                let heard = w.hear(json).await;
                assert_eq!(heard.problem(410, "approval-over")["consumed"], consumed, "{heard}");
                let html = w.hear(Ask::get(&page).navigating().by(Who::Alice)).await.page(410);
                assert_eq!(html.contains("You’ve already sent this"), consumed, "{html}");
                let start = serde_json::json!({ "channel": "messaging" });
                let start = Ask::json(&format!("/mfa/pay/challenge?approval={id}"), &start).by(Who::Alice);
                let heard = w.hear(start).await;
                assert_eq!(heard.problem(410, "approval-over")["consumed"], consumed, "{heard}");
            }
            assert_eq!(w.provider.inner.inbox().len(), 1);
        }),
        case("another session sees nothing of an approval", |w| async move {
            let proposed = Proposed::read(&w.hear(pay(Who::Alice, ORDER)).await);
            for who in [Who::AliceElsewhere, Who::Bob, Who::AliceByToken] {
                let json = Ask::get(&proposed.situation_url).by(who).header("accept", "application/json");
                let heard = w.hear(json).await;
                heard.problem(410, "approval-over");
                assert!(!heard.text().contains("ACME"), "{heard}");
            }
        }),
        case("a resent code is for the same action", |w| async move {
            let proposed = Proposed::read(&w.hear(pay(Who::Alice, ORDER)).await);
            w.start_at(Who::Alice, &proposed.challenge_url).await;
            w.advance(60);
            let approved = proposed.approve(&w, Who::Alice).await;
            w.hear(pay(Who::Alice, ORDER).cookie(approved.cookie)).await.passed();
        }),
    ]
}
