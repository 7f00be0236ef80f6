//! The person is notified of each step of a recovery, before it opens anything [ENROL-2].

use mfakit::{UserId, notifier::NoticeKind};
use serde_json::Value;

use super::{make, recover};
use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    cases::numbers::{NEW, NEW_ON_FILE},
    heard::Heard,
    notices::Fault,
    world::ALICES_NUMBER,
};

/// Disturbances, and how a program is answered.
const FAULTS: [(Fault, u16, &str); 3] = [
    (Fault::Fails, 503, "unavailable"),
    (Fault::Hangs, 503, "unavailable"),
    (Fault::Panics, 500, "misconfigured"),
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = of_steps();
    cases.extend(of_faults());
    cases
}

fn of_steps() -> Vec<Case> {
    vec![
        case("each step of a recovery by a code sends one notice", |w| async move {
            let made = w.alice_made_codes().await;
            w.hear(recover("0000-0000-0000-0000").by(Who::Alice)).await.problem(422, "recovery-rejected");
            w.hear(recover("0000").by(Who::Alice)).await.problem(422, "recovery-rejected");
            w.hear(make().by(Who::Alice)).await.problem(401, "step-up-required");
            assert_eq!(w.notices.kinds(), [NoticeKind::RecoveryCodesMade], "an attempt sends nothing");
            let mut opened = String::new();
            for _ in 0..2 {
                let heard = w.hear(recover(&made[0]).by(Who::Alice)).await;
                opened = cookies(heard.status(200));
            }
            let entered = w.enters(Who::Alice, NEW, &opened).await;
            assert_eq!(w.notices.kinds()[1..], [NoticeKind::RecoveryCodeUsed], "one for each code");
            w.confirms(Who::Alice, &entered, &opened).await.status(200);
            let notices = w.notices.sent();
            let [made_codes, used, replaced] = &notices[..] else { panic!("{notices:?}") };
            for (notice, subject, text) in [
                (
                    made_codes,
                    "New recovery codes are being made",
                    "new recovery codes are being made for your account (",
                ),
                (
                    used,
                    "A recovery code was entered",
                    "a recovery code was entered to replace your phone number (",
                ),
            ] {
                assert_eq!(notice.text().subject, subject);
                let body = &notice.text().body;
                assert!(body.starts_with(&format!("The Bank: {text}")), "{body}");
                assert!(body.ends_with(" UTC). Not you? Contact us now."), "{body}");
                assert!(made.iter().all(|code| !body.contains(code)), "{body}");
                let numbers: Vec<_> = notice.numbers().map(|number| number.as_e164()).collect();
                assert_eq!(numbers, [ALICES_NUMBER]);
            }
            assert_eq!(replaced.kind, NoticeKind::NumberReplaced);
            assert_eq!(replaced.numbers().last().unwrap().as_e164(), NEW_ON_FILE);
        }),
        case("the person is notified once of what support allows, and not of its end", |w| async move {
            let alice = UserId::from("alice");
            for _ in 0..2 {
                w.mfa.recovery().allow(&alice).await.unwrap().unwrap();
            }
            let [notice] = w.notices.sent().try_into().unwrap();
            assert_eq!(notice.kind, NoticeKind::RecoveryAllowed);
            let body = &notice.text().body;
            let text = "The Bank: your phone number can soon be changed without a code to it (";
            assert!(body.starts_with(text) && body.ends_with(" UTC). Not you? Contact us now."), "{body}");
            assert!(w.mfa.recovery().revoke(&alice).await.unwrap());
            w.mfa.recovery().allow(&alice).await.unwrap().unwrap();
            // A code to the number on file ends it, too.
            w.elevate(Who::Alice, "pay").await;
            assert_eq!(w.numbers(Who::Alice, "").await["recovery"]["allowed"], Value::Null);
            assert_eq!(w.notices.kinds(), [NoticeKind::RecoveryAllowed; 2]);
        }),
    ]
}

fn of_faults() -> Vec<Case> {
    vec![
        case("no recovery codes are made if their notice fails", |w| async move {
            let earlier = w.alice_made_codes().await;
            for (fault, status, problem) in FAULTS {
                let cookie = w.manage(Who::Alice).await;
                w.notices.disturb(fault);
                let heard = w.hear(make().by(Who::Alice).cookie(&*cookie)).await;
                heard.problem(status, problem);
                assert_eq!(heard.header("retry-after").is_some(), status == 503, "{heard}");
                w.notices.repair();
                // The grant is consumed, so it starts over.
                w.hear(make().by(Who::Alice).cookie(cookie)).await.problem(401, "step-up-required");
            }
            w.hear(recover(&earlier[0]).by(Who::Alice)).await.status(200);
            assert_eq!(w.notices.kinds(), [NoticeKind::RecoveryCodesMade, NoticeKind::RecoveryCodeUsed]);
        }),
        case("a recovery code opens nothing if its notice fails", |w| async move {
            let made = w.alice_made_codes().await;
            for (code, (fault, status, problem)) in made.iter().zip(FAULTS) {
                w.notices.disturb(fault);
                w.hear(recover(code).by(Who::Alice)).await.problem(status, problem);
                w.notices.repair();
                assert!(!w.may_replace(Who::Alice).await, "{fault:?}");
            }
            w.hear(recover(&made[0]).by(Who::Alice)).await.problem(422, "recovery-rejected");
            let page = w.page(Who::Alice, "/mfa/number").await;
            w.notices.disturb(Fault::Fails);
            let body = format!("token={}&code={}", page.token, made[3]);
            w.hear(Ask::form("/mfa/number/recover", &body).by(Who::Alice)).await.page(503);
            assert_eq!(w.notices.kinds(), [NoticeKind::RecoveryCodesMade]);
            assert_eq!(w.on_file("alice").as_deref(), Some(ALICES_NUMBER));
        }),
        case("support allows nothing if its notice fails", |w| async move {
            for (fault, ..) in FAULTS {
                w.notices.disturb(fault);
                assert!(w.mfa.recovery().allow(&"alice".into()).await.is_err(), "{fault:?}");
                w.notices.repair();
                assert_eq!(w.numbers(Who::Alice, "").await["recovery"]["allowed"], Value::Null, "{fault:?}");
            }
            w.advance(25 * 60 * 60);
            w.ledger.sign_in_at(w.mfa.now());
            assert!(!w.may_replace(Who::Alice).await);
            assert!(w.notices.sent().is_empty());
        }),
    ]
}

/// Returns the cookies that an answer sets, as a browser sends them back.
fn cookies(heard: &Heard) -> String {
    let set = heard.headers.iter().filter(|(name, _)| name == "set-cookie");
    set.filter_map(|(_, value)| value.split(';').next()).collect::<Vec<_>>().join("; ")
}
