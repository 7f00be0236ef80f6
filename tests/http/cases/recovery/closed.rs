//! States of the page in which no recovery code can be used yet.

use std::time::Duration;

use mfakit::Policy;

use super::recover;
use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
};

/// Time for which the first lock lasts.
const LOCK: Duration = Duration::from_secs(30 * 60);

/// Limits with which one wrong code locks.
fn one_wrong_code() -> Policy {
    Policy::default().lock_after(1)
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = by_a_lock();
    cases.extend(by_an_old_sign_in());
    cases
}

fn by_a_lock() -> Vec<Case> {
    vec![
        case("a recovery code is neither compared nor consumed while the user is locked", |w| async move {
            let made = w.alice_made_codes().await;
            w.advance(30);
            let token = w.page(Who::Alice, "/mfa/number").await.token;
            let started = w.start(Who::Alice, "pay").await;
            w.type_code(Who::Alice, "pay", &started.challenge, &started.wrong_code()).await.status(422);
            for code in [&*made[0], "0000-0000-0000-0000", "0000"] {
                let heard = w.hear(recover(code).by(Who::AliceElsewhere)).await;
                heard.problem(429, "locked");
                assert_eq!(heard.retry_after(), LOCK.as_secs());
            }
            let form = Ask::form("/mfa/number/recover", &format!("token={token}&code={}", made[0]));
            let html = w.hear(form.by(Who::Alice)).await.page(429);
            assert!(html.contains(r#"data-mfa-state="locked""#) && !html.contains("mfa-lost"), "{html}");
            let html = w.number_page(Who::Alice, "/mfa/number", "").await.page(200);
            let later = "Lost this phone? After this wait, you can enter a recovery code here.";
            assert!(html.contains(later) && !html.contains("mfa-lost"), "{html}");
            w.advance(LOCK.as_secs());
            w.ledger.sign_in_at(w.mfa.now());
            w.hear(recover(&made[0]).by(Who::Alice)).await.status(200);
        })
        .limited(one_wrong_code),
        case("without recovery codes, the page of a locked user promises none", |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            w.type_code(Who::Alice, "pay", &started.challenge, &started.wrong_code()).await.status(422);
            let html = w.number_page(Who::Alice, "/mfa/number", "").await.page(200);
            assert!(
                html.contains(r#"data-mfa-state="locked""#) && !html.contains("Lost this phone?"),
                "{html}"
            );
        })
        .limited(one_wrong_code),
    ]
}

fn by_an_old_sign_in() -> Vec<Case> {
    vec![case("after an old sign-in, only the link to a new one stands out", |w| async move {
        let made = w.alice_made_codes().await;
        let token = w.page(Who::Alice, "/mfa/number").await.token;
        let signs_in = "<a class=\"mfa-button\" href=\"/login\">";
        let allows = "<a class=\"mfa-button\" href=\"/mfa/mfakit.manage?";
        let html = w.number_page(Who::Alice, "/mfa/number", "").await.page(200);
        assert!(html.contains(allows) && !html.contains(signs_in), "{html}");
        w.advance(600);
        let form = || Ask::form("/mfa/number/recover", &format!("token={token}&code={}", made[0]));
        let rejected = w.hear(form().by(Who::Alice)).await.page(401);
        w.mfa.recovery().allow(&"alice".into()).await.unwrap();
        w.advance(24 * 60 * 60);
        let allowed = w.number_page(Who::Alice, "/mfa/number", "").await.page(200);
        for html in [rejected, allowed] {
            assert!(html.contains(signs_in) && !html.contains(allows), "{html}");
            assert!(html.contains(&allows.replace("mfa-button", "mfa-button mfa-quiet")), "{html}");
        }
    })]
}
