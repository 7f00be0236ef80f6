//! Requests whose value was carried out a short time ago. A program that has lost the response must not pay twice.

use super::{Approved, ORDER, Proposed, approve, pay};
use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    heard::Heard,
    world::World,
};

/// Text of the challenge page.
const NOTICE: &str = "You confirmed the same a moment ago.";

/// Approves the order and has it carried out.
async fn paid(w: &World, who: Who) -> Approved {
    let approved = approve(w, who, pay(who, ORDER)).await;
    w.hear(pay(who, ORDER).cookie(&*approved.cookie)).await.passed();
    approved
}

/// Returns the approval that a rejected request names as consumed, and the seconds since then.
#[track_caller]
fn named(heard: &Heard) -> (Option<String>, Option<u64>) {
    let members = heard.problem(401, "step-up-required");
    let id = members["consumed_approval"].as_str().map(str::to_owned);
    (id, members["consumed_ago"].as_u64())
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        case("a repeated value names the approval that was consumed", |w| async move {
            for who in [Who::Alice, Who::AliceByToken] {
                let first = paid(&w, who).await;
                w.advance(12);
                let heard = w.hear(pay(who, ORDER).cookie(&*first.cookie)).await;
                assert_eq!(named(&heard), (Some(first.id.clone()), Some(12)), "{heard}");
                let detail = heard.value()["detail"].as_str().unwrap().to_owned();
                assert!(detail.contains("look up its outcome"), "{heard}");
                let again = Proposed::read(&heard);
                assert_ne!(again.id, first.id);
                // The program that asks again gets the same answer.
                let heard = w.hear(pay(who, ORDER)).await;
                assert_eq!(named(&heard), (Some(first.id.clone()), Some(12)), "{heard}");
                assert_eq!(Proposed::read(&heard).id, again.id);
                // A code is accepted all the same: the person may want to pay twice.
                w.advance(60);
                let second = again.approve(&w, who).await;
                w.hear(pay(who, ORDER).cookie(&*second.cookie)).await.passed();
                let heard = w.hear(pay(who, ORDER)).await;
                assert_eq!(named(&heard), (Some(second.id), Some(0)), "{heard}");
            }
        }),
        case("no other value, scope, session and user learns of a consumed approval", |w| async move {
            let first = paid(&w, Who::Alice).await;
            let other_scope = Ask::post("/bound/other-scope").same_origin().urlencoded(ORDER);
            for ask in [
                pay(Who::Alice, "amount=101&payee=ACME"),
                pay(Who::Alice, "amount=100&payee=ACMF"),
                pay(Who::AliceElsewhere, ORDER),
                pay(Who::Bob, ORDER),
                other_scope.by(Who::Alice),
            ] {
                let heard = w.hear(ask.cookie(&*first.cookie)).await;
                assert_eq!(named(&heard), (None, None), "{heard}");
                assert!(heard.value().get("detail").is_none(), "{heard}");
            }
        }),
        case("a consumed approval is named for ten minutes", |w| async move {
            let first = paid(&w, Who::Alice).await;
            w.advance(599);
            let heard = w.hear(pay(Who::Alice, ORDER)).await;
            assert_eq!(named(&heard), (Some(first.id), Some(599)), "{heard}");
            w.advance(1);
            let heard = w.hear(pay(Who::Alice, ORDER)).await;
            assert_eq!(named(&heard), (None, None), "{heard}");
        }),
        case("the page of a repeated value says so in every state", |w| async move {
            let first = paid(&w, Who::Alice).await;
            let heard = w.hear(Ask::form("/bound/pay", ORDER).by(Who::Alice)).await;
            let address = heard.status(303).header("location").unwrap().to_owned();
            let page = w.page(Who::Alice, &address).await;
            assert!(page.html.contains(NOTICE) && page.html.contains("id=\"mfa-before\""), "{}", page.html);
            let json = Ask::get(&address).by(Who::Alice).header("accept", "application/json");
            let situation = w.hear(json).await;
            let value = situation.value();
            assert_eq!(value["action"]["consumed_approval"], first.id.as_str(), "{situation}");
            assert_eq!(value["action"]["consumed_ago"], 0, "{situation}");
            assert!(value["texts"]["before"].as_str().unwrap().contains(NOTICE), "{situation}");
            let id = address.split_once("approval=").unwrap().1.split('&').next().unwrap().to_owned();
            let challenge_url = format!("/mfa/pay/challenge?approval={id}");
            let again = Proposed { id, challenge_url, situation_url: address.clone() };
            let started = w.start_at(Who::Alice, &again.challenge_url).await;
            assert!(w.page(Who::Alice, &address).await.html.contains(NOTICE), "after the code was sent");
            let heard = w.type_code(Who::Alice, "pay", &started.challenge, &started.code).await;
            let done = Ask::get(&address).navigating().by(Who::Alice).cookie(heard.cookie());
            let html = w.hear(done).await.page(200).to_owned();
            assert!(html.contains(NOTICE) && html.contains("class=\"mfa-go\""), "beside the button: {html}");
        }),
        case("the page of another value says nothing of a payment", |w| async move {
            let _ = paid(&w, Who::Alice).await;
            let ask = Ask::form("/bound/pay", "amount=101&payee=ACME").by(Who::Alice);
            let address = w.hear(ask).await.status(303).header("location").unwrap().to_owned();
            let page = w.page(Who::Alice, &address).await;
            assert!(!page.html.contains(NOTICE) && !page.html.contains("mfa-before"), "{}", page.html);
            let json = Ask::get(&address).by(Who::Alice).header("accept", "application/json");
            let situation = w.hear(json).await;
            let value = situation.value();
            assert!(value["action"]["consumed_approval"].is_null(), "{situation}");
            assert!(value["texts"]["before"].is_null(), "{situation}");
        }),
        case("a cancellation does not hide that the same was paid", |w| async move {
            let first = paid(&w, Who::Alice).await;
            for path in ["/mfa/pay".to_owned(), format!("/mfa/pay?approval={}", first.id)] {
                w.hear(Ask::new("DELETE", &path).by(Who::Alice).same_origin()).await.status(204);
                let heard = w.hear(pay(Who::Alice, ORDER)).await;
                assert_eq!(named(&heard).0.as_ref(), Some(&first.id), "{heard}");
            }
        }),
    ]
}
