//! Who passes a guard, and what the others are told.

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        case("a code opens the routes of its scope and no other", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            w.hear(Ask::get("/settings").by(Who::Alice).cookie(&cookie)).await.passed();
            w.hear(Ask::get("/report").by(Who::Alice).cookie(&cookie)).await.problem(401, "step-up-required");
            let pay = Ask::post("/pay").by(Who::Alice).cookie(&cookie).urlencoded("amount=7");
            w.hear(pay).await.untouched().problem(401, "step-up-required");
        }),
        case("a form is handed to a handler behind a guard as it is to any other", |w| async move {
            let cookie = w.elevate(Who::Alice, "pay").await;
            let pay = Ask::post("/pay").by(Who::Alice).cookie(cookie).urlencoded("amount=7");
            assert_eq!(w.hear(pay).await.passed().text(), "paid 7");
        }),
        case("a handler that is given a bad form says so itself, once the person may pass", |w| async move {
            let cookie = w.elevate(Who::Alice, "pay").await;
            let ask = Ask::post("/pay").by(Who::Alice).cookie(cookie).urlencoded("amount=lots");
            let heard = w.hear(ask).await;
            assert!((400..500).contains(&heard.status) && heard.runs == 0, "{heard}");
            assert_eq!(heard.header("cache-control"), Some("no-store"), "{heard}");
        }),
        case("a script is told what is wanted and where to get it", |w| async move {
            let heard = w.hear(Ask::post("/pay").by(Who::Alice).urlencoded("amount=7")).await;
            let members = heard.untouched().problem(401, "step-up-required");
            assert_eq!(members["reason"], "missing");
            assert_eq!(members["scope"], "pay");
            assert_eq!(members["max_age"], 300);
            assert_eq!(members["challenge_url"], "/mfa/pay/challenge");
            let wanted =
                "Bearer error=\"insufficient_user_authentication\", acr_values=\"mfa:pay\", max_age=300";
            assert_eq!(heard.header("www-authenticate"), Some(wanted));
        }),
        case("a bearer token is told the same, whatever it accepts", |w| async move {
            let heard = w.hear(Ask::get("/report").by(Who::AliceByToken).navigating()).await;
            let members = heard.untouched().problem(401, "step-up-required");
            assert_eq!((&members["scope"], &members["max_age"]), (&"reports".into(), &600.into()));
        }),
        case("a person is sent to the page, with the target sealed", |w| async move {
            let heard = w.hear(Ask::get("/settings?tab=2").by(Who::Alice).navigating()).await;
            let sealed = heard.untouched().goes_to_page("settings");
            assert!(sealed.len() > 40 && !sealed.contains("tab"), "{sealed}");
        }),
    ];
    cases.extend(anonymous());
    cases
}

fn anonymous() -> [Case; 3] {
    [
        case("an anonymous script learns nothing about the challenge", |w| async move {
            let heard = w.hear(Ask::post("/pay").urlencoded("amount=7")).await;
            let members = heard.untouched().problem(401, "unauthenticated");
            assert_eq!(members.as_object().unwrap().len(), 3, "{members}");
            assert_eq!(heard.header("www-authenticate"), Some("Bearer"));
        }),
        case("an anonymous person is sent to the app's log-in page", |w| async move {
            let heard = w.hear(Ask::get("/settings").navigating()).await;
            heard.untouched().goes_to("/login");
        }),
        case("without a log-in page an anonymous person is told to log in", |w| async move {
            let heard = w.hear(Ask::get("/settings").navigating()).await;
            let html = heard.untouched().page(401);
            assert!(html.contains("Please log in first.") && !html.contains("mfa:"), "{html}");
        })
        .shaped(|shape| shape.login_page = None),
    ]
}
