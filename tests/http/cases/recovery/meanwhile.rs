//! Revocations in the middle, and methods that change nothing.

use mfakit::UserId;
use serde_json::Value;

use super::{make, recover};
use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    cases::numbers::NEW,
    world::{ALICES_NUMBER, Page},
};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case("recovery codes are not made if their notice is answered by a revocation", |w| async move {
            let cookie = w.manage(Who::Alice).await;
            w.notices.revoke_during_the_next(&w.mfa);
            w.hear(make().by(Who::Alice).cookie(cookie)).await.problem(401, "step-up-required");
            let cookie = w.manage(Who::Alice).await;
            let html = w.number_page(Who::Alice, "/mfa/number", &cookie).await.page(200);
            w.notices.revoke_during_the_next(&w.mfa);
            let form = format!("token={}", Page::read(html).token);
            let form = Ask::form("/mfa/number/codes", &form).by(Who::Alice).cookie(cookie);
            w.hear(form).await.goes_to_page("mfakit.manage");
            assert_eq!(w.numbers(Who::Alice, "").await["recovery"]["codes"], Value::Null);
            assert_eq!(w.recovery.inner.find(&UserId::from("alice")), None);
        }),
        case(
            "a replacement by a recovery code ends if its notice is answered by a revocation",
            |w| async move {
                let made = w.alice_made_codes().await;
                let opened = w.recovers(Who::Alice, &made[0]).await;
                let entered = w.enters(Who::Alice, NEW, &opened).await;
                w.notices.revoke_during_the_next(&w.mfa);
                w.confirms(Who::Alice, &entered, &opened).await.problem(409, "number-conflict");
                assert_eq!(w.on_file("alice").as_deref(), Some(ALICES_NUMBER));
                assert!(!w.may_replace_with(Who::Alice, &opened).await, "the opening is consumed");
            },
        ),
        case("a recovery code in an address opens nothing and is not consumed", |w| async move {
            let made = w.alice_made_codes().await;
            for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE"] {
                for target in ["/mfa/number/recover", "/mfa/number/codes"] {
                    let ask = Ask::new(method, &format!("{target}?code={}", made[0])).by(Who::Alice);
                    assert_eq!(w.hear(ask.same_origin()).await.status, 405, "{method} {target}");
                }
            }
            assert!(!w.may_replace(Who::Alice).await);
            w.hear(recover(&made[0]).by(Who::Alice)).await.status(200);
        }),
        case(
            "a second browser of the session takes the opening over with another code only",
            |w| async move {
                let made = w.alice_made_codes().await;
                let first = w.recovers(Who::Alice, &made[0]).await;
                let entered = w.enters(Who::Alice, NEW, &first).await;
                let second = w.recovers(Who::Alice, &made[1]).await;
                w.confirms(Who::Alice, &entered, &first).await.problem(401, "step-up-required");
                assert!(!w.may_replace_with(Who::Alice, &first).await);
                assert!(
                    !w.may_replace_with(Who::Alice, &format!("{first}; {second}")).await,
                    "both count for nothing"
                );
                let again = w.hear(recover(&made[0]).by(Who::Alice)).await;
                again.problem(422, "recovery-rejected");
                assert!(w.may_replace_with(Who::Alice, &second).await);
            },
        ),
    ]
}
