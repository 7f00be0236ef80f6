//! Recovery codes that open nothing, and failures.

use std::time::Duration;

use mfakit::{ClientAddress, Policy, policy::Limit};

use super::{make, recover};
use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    faults::Fault,
    world::Page,
};

/// Limits with few attempts.
fn two_attempts() -> Policy {
    let hour = Duration::from_secs(60 * 60);
    Policy::default()
        .recovery_attempts_per_user([Limit::new(2, hour)])
        .recovery_attempts_per_address([Limit::new(3, hour)])
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = of_codes();
    cases.extend(of_calls());
    cases.extend(of_failures());
    cases
}

fn of_codes() -> Vec<Case> {
    vec![
        case("a recovery code that is rejected says nothing about those that exist", |w| async move {
            w.alice_made_codes().await;
            for who in [Who::Alice, Who::Bob] {
                let heard = w.hear(recover("0000-0000-0000-0000").by(who)).await;
                assert_eq!(heard.problem(422, "recovery-rejected")["reason"], "wrong");
                let heard = w.hear(recover("0000").by(who)).await;
                assert_eq!(heard.problem(422, "recovery-rejected")["reason"], "malformed");
            }
        }),
        case("a form with a rejected recovery code opens again without the code", |w| async move {
            let page = w.page(Who::Alice, "/mfa/number").await;
            for (typed, text) in [
                ("0000-0000-0000-0000", "This recovery code isn’t valid."),
                ("S3CRET", "16 letters and digits"),
            ] {
                let body = format!("token={}&code={typed}", page.token);
                let html = w.hear(Ask::form("/mfa/number/recover", &body).by(Who::Alice)).await.page(422);
                for part in [
                    text,
                    "<title>Error: Check the recovery code – The Bank</title>",
                    "<details class=\"mfa-lost\" open>",
                    r#"aria-describedby="mfa-notice mfa-recovery-hint" aria-invalid="true""#,
                ] {
                    assert!(html.contains(part), "{part}: {html}");
                }
                assert!(!html.contains(typed), "{html}");
            }
        }),
        case("too many recovery codes are rejected with the time to wait", |w| async move {
            let made = w.alice_made_codes().await;
            for _ in 0..2 {
                w.hear(recover("0000-0000-0000-0000").by(Who::Alice)).await.problem(422, "recovery-rejected");
            }
            let heard = w.hear(recover(&made[0]).by(Who::AliceElsewhere)).await;
            heard.problem(429, "too-many-attempts");
            assert_eq!(heard.retry_after(), 3600);
            let page = w.page(Who::Alice, "/mfa/number").await;
            let body = format!("token={}&code={}", page.token, made[0]);
            let heard = w.hear(Ask::form("/mfa/number/recover", &body).by(Who::Alice)).await;
            assert!(
                heard.page(429).contains("Too many recovery codes were entered. Try again in "),
                "{heard}"
            );
            w.hear(recover("0000-0000-0000-0000").by(Who::Bob)).await.problem(422, "recovery-rejected");
            w.advance(3600);
            w.ledger.sign_in_at(w.mfa.now());
            w.hear(recover(&made[0]).by(Who::Alice)).await.status(200);
        })
        .limited(two_attempts),
        case("recovery codes are counted by address, too", |w| async move {
            for (who, from) in [(Who::Alice, "192.0.2.1"), (Who::Bob, "192.0.2.1"), (Who::Bob, "192.0.2.1")] {
                let ask = recover("0000-0000-0000-0000").by(who).from(from);
                w.hear(ask).await.problem(422, "recovery-rejected");
            }
            let ask = recover("0000-0000-0000-0000").by(Who::Alice).from("192.0.2.1");
            w.hear(ask).await.problem(429, "too-many-attempts");
            let ask = recover("0000-0000-0000-0000").by(Who::Alice).from("192.0.2.2");
            w.hear(ask).await.problem(422, "recovery-rejected");
        })
        .limited(two_attempts)
        .counting_addresses(ClientAddress::Direct),
        case("a recovery code needs a fresh sign-in and a number", |w| async move {
            let made = w.alice_made_codes().await;
            w.hear(recover(&made[0]).by(Who::Carol)).await.problem(409, "no-number");
            w.advance(600);
            w.hear(recover(&made[0]).by(Who::Alice)).await.problem(401, "sign-in-too-old");
            w.hear(recover(&made[0])).await.problem(401, "unauthenticated");
        }),
    ]
}

fn of_calls() -> Vec<Case> {
    vec![
        case("the routes of recovery take one method and known fields", |w| async move {
            for target in ["/mfa/number/recover", "/mfa/number/codes"] {
                let heard = w.hear(Ask::get(target).by(Who::Alice)).await;
                heard.problem(405, "method-not-allowed");
                assert_eq!(heard.header("allow"), Some("POST"));
                let heard = w.hear(Ask::get(target).navigating().by(Who::Alice)).await;
                heard.goes_to("/mfa/number");
            }
            let body = serde_json::json!({ "code": "0000-0000-0000-0000", "user": "bob" });
            let ask = Ask::json("/mfa/number/recover", &body).by(Who::Alice);
            w.hear(ask).await.problem(422, "invalid-field");
            let ask = Ask::json("/mfa/number/recover", &serde_json::json!({})).by(Who::Alice);
            w.hear(ask).await.problem(422, "invalid-field");
        }),
        case("recovery codes need a number and a code to it", |w| async move {
            w.hear(make().by(Who::Alice)).await.problem(401, "step-up-required");
            w.hear(make().by(Who::Carol)).await.problem(409, "no-number");
            w.hear(make()).await.problem(401, "unauthenticated");
        }),
    ]
}

fn of_failures() -> Vec<Case> {
    vec![
        case("a recovery book that fails opens nothing", |w| async move {
            let made = w.alice_made_codes().await;
            for (fault, status) in
                [(Fault::Errs, 503), (Fault::Hangs(Duration::from_secs(11)), 503), (Fault::Panics, 500)]
            {
                w.recovery.fault.set(fault);
                let heard = w.hear(recover(&made[0]).by(Who::Alice)).await;
                assert_eq!(heard.status, status, "{fault:?}: {heard}");
                assert_eq!(w.hear(Ask::get("/mfa/number").by(Who::Alice)).await.status, status);
                assert!(!w.may_replace(Who::Alice).await);
                w.hear(Ask::get("/mfa/number").navigating().by(Who::Alice)).await.page(status);
            }
            w.recovery.fault.set(Fault::None);
            w.hear(recover(&made[0]).by(Who::Alice)).await.status(200);
        }),
        case("a record that cannot be read opens nothing, and new codes replace it", |w| async move {
            let made = w.alice_made_codes().await;
            w.recovery.inner.set("alice", mfakit::RecoveryRecord::from_text("forged"));
            w.hear(recover(&made[0]).by(Who::Alice)).await.problem(422, "recovery-rejected");
            assert_eq!(w.numbers(Who::Alice, "").await["recovery"]["codes"], serde_json::Value::Null);
            let new = w.alice_made_codes().await;
            w.hear(recover(&new[0]).by(Who::Alice)).await.status(200);
        }),
        case("a failure while codes are made shows a page, and no codes", |w| async move {
            let cookie = w.manage(Who::Alice).await;
            let token = Page::read(w.number_page(Who::Alice, "/mfa/number", &cookie).await.page(200)).token;
            w.recovery.fault.set(Fault::Errs);
            let form = Ask::form("/mfa/number/codes", &format!("token={token}"));
            let html = w.hear(form.by(Who::Alice).cookie(cookie)).await.page(503);
            assert!(!html.contains("<code>"), "{html}");
        }),
    ]
}
