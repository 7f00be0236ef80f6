//! Log lines of rejected requests, which name the approval and no text of its action.

use super::{ORDER, Proposed, approve, pay};
use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    heard::Heard,
    world::World,
};

/// Sends a request, and returns the answer and the only line about a rejection that it wrote.
async fn rejected(w: &World, ask: Ask) -> (Heard, String) {
    let before = w.log.text().len();
    let heard = w.hear(ask).await;
    let text = w.log.text();
    let lines: Vec<_> = text[before..].lines().filter(|line| line.contains("authz_fail")).collect();
    let [line] = lines.as_slice() else { panic!("{} lines: {}", lines.len(), &text[before..]) };
    assert!(!line.contains("ACM"), "{line}");
    (heard, (*line).to_owned())
}

#[track_caller]
fn names(line: &str, id: &str) {
    assert!(line.contains(&format!("approval=\"{id}\"")), "{id}: {line}");
}

fn named(id: &str) -> Ask {
    Ask::post("/bound/pay").by(Who::Alice).same_origin().header("mfa-approval", id)
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        case("the log line of a rejected value names the approval of the answer", |w| async move {
            for target in ["/bound/pay", "/bound/json", "/bound/inside"] {
                let ask = Ask::post(target).by(Who::Alice).same_origin();
                let ask = match target {
                    "/bound/json" => ask.header("content-type", "application/json"),
                    _ => ask.header("content-type", "application/x-www-form-urlencoded"),
                };
                let json = r#"{"amount":100,"payee":"ACME"}"#;
                let (heard, line) =
                    rejected(&w, ask.body(if target == "/bound/json" { json } else { ORDER })).await;
                names(&line, &Proposed::read(&heard).id);
                assert!(line.contains("digest=") && line.contains("missing"), "{line}");
            }
        }),
        case("the log line of another value names its own approval", |w| async move {
            let approved = approve(&w, Who::Alice, pay(Who::Alice, ORDER)).await;
            for target in ["/bound/pay", "/bound/inside"] {
                let ask = Ask::post(target).by(Who::Alice).same_origin().urlencoded("amount=101&payee=ACME");
                let (heard, line) = rejected(&w, ask.cookie(&*approved.cookie)).await;
                let proposed = Proposed::read(&heard);
                assert_ne!(proposed.id, approved.id);
                names(&line, &proposed.id);
            }
        }),
        case("the log line of an approval that was named names it", |w| async move {
            let proposed = Proposed::read(&w.hear(pay(Who::Alice, ORDER)).await);
            let (heard, line) = rejected(&w, named(&proposed.id)).await;
            heard.problem(401, "step-up-required");
            names(&line, &proposed.id);
            let approved = proposed.approve(&w, Who::Alice).await;
            w.hear(named(&approved.id).cookie(&*approved.cookie)).await.passed();
            let (heard, line) = rejected(&w, named(&approved.id).cookie(&*approved.cookie)).await;
            heard.problem(410, "approval-over");
            names(&line, &approved.id);
        }),
        case("the log line of an expired approval names the approval of the answer", |w| async move {
            let approved = approve(&w, Who::Alice, pay(Who::Alice, ORDER)).await;
            w.advance(300);
            let (heard, line) = rejected(&w, pay(Who::Alice, ORDER).cookie(&*approved.cookie)).await;
            names(&line, &Proposed::read(&heard).id);
            assert!(line.contains("expired"), "{line}");
        }),
        case("a rejected request without an approval has one log line as well", |w| async move {
            for ask in [
                pay(Who::Anonymous, ORDER),
                pay(Who::Alice, "amount=lots&payee=ACME"),
                pay(Who::Alice, ORDER).broken("amount=100"),
                pay(Who::Alice, ORDER).silent(),
                Ask::new("HEAD", "/bound/look?amount=lots").by(Who::Alice),
            ] {
                let (heard, line) = rejected(&w, ask).await;
                assert!((400..500).contains(&heard.status) && !line.contains("approval="), "{line}");
            }
        }),
        case("the log line of a forged request names the approval that it names", |w| async move {
            let proposed = Proposed::read(&w.hear(pay(Who::Alice, ORDER)).await);
            let forged = Ask::post("/bound/pay").by(Who::Alice).header("mfa-approval", &*proposed.id);
            w.hear(forged.header("sec-fetch-site", "cross-site")).await.problem(403, "cross-site");
            let text = w.log.text();
            names(text.lines().find(|line| line.contains("malicious_csrf")).unwrap(), &proposed.id);
        }),
    ]
}
