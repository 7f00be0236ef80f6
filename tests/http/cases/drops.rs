//! A user revokes a grant.

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
};

fn delete(scope: &str) -> Ask {
    Ask::new("DELETE", &format!("/mfa/{scope}")).same_origin()
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        case("a revoked grant ends at once, and its cookie is removed", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            let heard = w.hear(delete("settings").by(Who::Alice).cookie(&cookie)).await;
            heard.status(204);
            let set = heard.header("set-cookie").unwrap();
            assert!(set.starts_with("__Host-mfa-settings=;") && set.contains("Max-Age=0"), "{set}");
            assert!(
                ["Secure", "HttpOnly", "Path=/"].iter().all(|attribute| set.contains(attribute)),
                "{set}"
            );
            let heard = w.hear(Ask::get("/settings").by(Who::Alice).cookie(cookie)).await;
            heard.untouched().problem(401, "step-up-required");
        }),
        case("revoking one scope keeps the others", |w| async move {
            let (settings, reports) =
                (w.elevate(Who::Alice, "settings").await, w.elevate(Who::Alice, "reports").await);
            w.hear(delete("settings").by(Who::Alice).cookie(settings)).await.status(204);
            w.hear(Ask::get("/report").by(Who::Alice).cookie(reports)).await.passed();
        }),
        case("revoking in one session keeps the other", |w| async move {
            w.elevate(Who::Alice, "settings").await;
            let elsewhere = w.elevate(Who::AliceElsewhere, "settings").await;
            w.hear(delete("settings").by(Who::Alice)).await.status(204);
            w.hear(Ask::get("/settings").by(Who::AliceElsewhere).cookie(elsewhere)).await.passed();
        }),
        case("revoking needs no grant, and can be repeated", |w| async move {
            w.hear(delete("settings").by(Who::Alice)).await.status(204);
            w.hear(delete("settings").by(Who::Alice)).await.status(204);
        }),
        case("revoking ends the pending challenge", |w| async move {
            let started = w.start(Who::Alice, "settings").await;
            w.hear(delete("settings").by(Who::Alice)).await.status(204);
            w.type_code(Who::Alice, "settings", &started.challenge, &started.code).await.status(410);
        }),
        case("a bearer token revokes without a cookie", |w| async move {
            w.elevate(Who::AliceByToken, "settings").await;
            let heard = w.hear(Ask::new("DELETE", "/mfa/settings").by(Who::AliceByToken)).await;
            assert_eq!(heard.status(204).header("set-cookie"), None);
            w.hear(Ask::get("/settings").by(Who::AliceByToken)).await.untouched().status(401);
        }),
        case("a form revokes and returns where it says", |w| async move {
            let rejected = w.hear(Ask::get("/settings?tab=2").by(Who::Alice).navigating()).await;
            let page = w.page(Who::Alice, rejected.header("location").unwrap()).await;
            let signed = page.signed.unwrap();
            let cookie = w.elevate(Who::Alice, "settings").await;
            let ask = Ask::form("/mfa/settings/drop", &format!("token={}&return={signed}", page.token));
            let heard = w.hear(ask.by(Who::Alice).cookie(&cookie)).await;
            heard.goes_to("/settings?tab=2");
            assert!(heard.header("set-cookie").unwrap().contains("Max-Age=0"));
            w.hear(Ask::get("/settings").by(Who::Alice).cookie(cookie)).await.untouched().status(401);
        }),
        case("a form without a return target goes home", |w| async move {
            let page = w.page(Who::Alice, "/mfa/settings").await;
            let ask = Ask::form("/mfa/settings/drop", &format!("token={}", page.token));
            w.hear(ask.by(Who::Alice)).await.goes_to("/");
        }),
        case("an anonymous caller has nothing to revoke", |w| async move {
            w.hear(delete("settings")).await.problem(401, "unauthenticated");
            w.hear(delete("settings").navigating()).await.goes_to("/login");
            w.hear(Ask::form("/mfa/settings/drop", "token=x")).await.goes_to("/login");
        }),
        case("no user revokes another user's grant", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            w.hear(delete("settings").by(Who::Bob).cookie(&cookie)).await.status(204);
            w.hear(Ask::get("/settings").by(Who::Alice).cookie(cookie)).await.passed();
        }),
    ]
}
