//! The person is notified of each change, before it is made [ENROL-2].

use mfakit::notifier::NoticeKind;

use crate::http::{
    ask::Who,
    case::{Case, case},
    cases::numbers::{NEW, NEW_ON_FILE, remove},
    notices::Fault,
    world::ALICES_NUMBER,
};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case("each change sends one notice", |w| async move {
            let entered = w.enters(Who::Carol, NEW, "").await;
            assert!(w.notices.sent().is_empty(), "nothing has changed");
            w.confirms(Who::Carol, &entered, "").await.status(200);
            let cookie = w.manage(Who::Alice).await;
            w.hear(remove().by(Who::Alice).cookie(cookie)).await.status(204);
            assert_eq!(w.notices.kinds(), [NoticeKind::NumberAdded, NoticeKind::NumberRemoved]);
            let [added, removed] = w.notices.sent().try_into().unwrap();
            assert!(added.text().body.starts_with("The Bank: a phone number ending in 23 is being added"));
            assert!(
                removed.text().body.starts_with("The Bank: your phone number ending in 34 is being removed")
            );
        }),
        case("a replacement sends one notice, for the old number and the new one", |w| async move {
            let cookie = w.manage(Who::Alice).await;
            let entered = w.enters(Who::Alice, NEW, &cookie).await;
            w.confirms(Who::Alice, &entered, &cookie).await.status(200);
            let [notice] = w.notices.sent().try_into().unwrap();
            let numbers: Vec<_> = notice.numbers().map(|number| number.as_e164()).collect();
            assert_eq!(numbers, [ALICES_NUMBER, NEW_ON_FILE]);
        }),
        case("a change is held if its notice fails", |w| async move {
            for (fault, status, problem) in [
                (Fault::Fails, 503, "unavailable"),
                (Fault::Hangs, 503, "unavailable"),
                (Fault::Panics, 500, "misconfigured"),
            ] {
                let cookie = w.manage(Who::Alice).await;
                let entered = w.enters(Who::Alice, NEW, &cookie).await;
                w.notices.disturb(fault);
                let heard = w.confirms(Who::Alice, &entered, &cookie).await;
                heard.problem(status, problem);
                assert_eq!(heard.header("retry-after").is_some(), status == 503, "{heard}");
                assert_eq!(w.on_file("alice").as_deref(), Some(ALICES_NUMBER), "{fault:?}");
                // Both grants are consumed, so the change starts over.
                w.notices.repair();
                w.confirms(Who::Alice, &entered, &cookie).await.problem(401, "step-up-required");
            }
            assert!(w.notices.sent().is_empty());
        }),
    ]
}
