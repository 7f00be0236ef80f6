//! Requests that name an approval in place of its value.

use super::{Approved, ORDER, Proposed, approve, pay};
use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
};

/// Creates a request that names an approval.
fn named(who: Who, id: &str) -> Ask {
    Ask::post(&format!("/bound/pay?mfa-approval={id}")).by(who).same_origin()
}

fn with_cookie(ask: Ask, approved: &Approved) -> Ask {
    ask.cookie(approved.cookie.clone())
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        case("a request that names its approval passes with the kept value, unread", |w| async move {
            for in_header in [false, true] {
                let approved = approve(&w, Who::Alice, pay(Who::Alice, ORDER)).await;
                let ask = if in_header {
                    Ask::post("/bound/pay").by(Who::Alice).same_origin().header("mfa-approval", &*approved.id)
                } else {
                    named(Who::Alice, &approved.id)
                };
                let ask = with_cookie(ask.urlencoded("amount=9&payee=Mallory"), &approved);
                let heard = w.hear(ask).await;
                assert_eq!(heard.passed().text(), format!("paid 100 to ACME by {}", approved.id));
                assert_eq!(heard.body_read, 0, "{heard}");
                let again = with_cookie(named(Who::Alice, &approved.id), &approved);
                let heard = w.hear(again).await;
                assert_eq!(heard.untouched().problem(410, "approval-over")["consumed"], true, "{heard}");
            }
        }),
        case("a name of an approval that the session does not have is 410", |w| async move {
            let bobs = approve(&w, Who::Bob, pay(Who::Bob, ORDER)).await;
            let elsewhere = approve(&w, Who::AliceElsewhere, pay(Who::AliceElsewhere, ORDER)).await;
            for id in [&*bobs.id, &elsewhere.id, "AAAAAAAAAAAAAAAAAAAAAA", "", "x"] {
                let ask = with_cookie(with_cookie(named(Who::Alice, id), &bobs), &elsewhere);
                let heard = w.hear(ask).await;
                assert_eq!(heard.untouched().problem(410, "approval-over")["consumed"], false, "{heard}");
            }
            w.hear(with_cookie(pay(Who::Bob, ORDER), &bobs)).await.passed();
            w.hear(with_cookie(pay(Who::AliceElsewhere, ORDER), &elsewhere)).await.passed();
            // Responses reveal that these were used in their own sessions only.
            for id in [&bobs.id, &elsewhere.id] {
                let heard = w.hear(named(Who::Alice, id)).await;
                assert_eq!(heard.untouched().problem(410, "approval-over")["consumed"], false, "{heard}");
            }
            let heard = w.hear(named(Who::Bob, &bobs.id)).await;
            assert_eq!(heard.untouched().problem(410, "approval-over")["consumed"], true, "{heard}");
            let other_scope = Ask::post(&format!("/bound/other-scope?mfa-approval={}", bobs.id));
            let heard = w.hear(other_scope.by(Who::Bob).same_origin()).await;
            assert_eq!(heard.untouched().problem(410, "approval-over")["consumed"], false, "{heard}");
        }),
        case("a name of an approval whose code was not entered requires that code", |w| async move {
            let proposed = Proposed::read(&w.hear(pay(Who::Alice, ORDER)).await);
            let heard = w.hear(named(Who::Alice, &proposed.id)).await;
            assert_eq!(Proposed::read(heard.untouched()).id, proposed.id);
            let heard = w.hear(named(Who::Alice, &proposed.id).navigating()).await;
            let page = heard.untouched().status(303).header("location").unwrap();
            assert!(page.starts_with(&format!("/mfa/pay?approval={}", proposed.id)), "{page}");
        }),
        case("another site cannot name an approval", |w| async move {
            let approved = approve(&w, Who::Alice, pay(Who::Alice, ORDER)).await;
            for site in [Some("cross-site"), Some("same-site"), Some("none"), None] {
                let target = format!("/bound/pay?mfa-approval={}", approved.id);
                let ask = with_cookie(Ask::post(&target).by(Who::Alice), &approved);
                let ask = site.into_iter().fold(ask, |ask, site| ask.header("sec-fetch-site", site));
                w.hear(ask).await.untouched().problem(403, "cross-site");
            }
            w.hear(with_cookie(pay(Who::Alice, ORDER), &approved)).await.passed();
        }),
        case("a GET does not pass by the name of an approval", |w| async move {
            let approved = approve(&w, Who::Alice, pay(Who::Alice, ORDER)).await;
            let target = format!("/bound/look?amount=9&payee=Mallory&mfa-approval={}", approved.id);
            let ask = with_cookie(Ask::get(&target).by(Who::Alice).same_origin(), &approved);
            assert_ne!(Proposed::read(&w.hear(ask).await).id, approved.id);
        }),
        case("a bearer token names an approval from anywhere", |w| async move {
            let approved = approve(&w, Who::AliceByToken, pay(Who::AliceByToken, ORDER)).await;
            let ask = Ask::post("/bound/json").by(Who::AliceByToken).header("mfa-approval", &*approved.id);
            assert_eq!(w.hear(ask).await.passed().text(), "paid 100 to ACME");
        }),
    ]
}
