//! Forms whose page stays in the browser, because the module there shows the challenge in a dialog.

use mfakit::Policy;

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    heard::Heard,
    world::World,
};

/// Returns a form for `/pay`, sent by a page of the site.
fn pay() -> Ask {
    Ask::form("/pay", "amount=1").header("accept", "text/html").by(Who::Alice)
}

/// Returns the cookie that the module sets before the browser sends a form for this target, percent-encoded.
fn stay(target: &str) -> String {
    format!("__Host-mfa--stay-k3={target}")
}

/// Returns the page that the cookie of the answer names.
fn told(heard: &Heard) -> String {
    let set = heard.header("set-cookie").unwrap_or_else(|| panic!("nothing is set: {heard}"));
    let page = set.strip_prefix("__Host-mfa--stay-k3=").expect("the cookie keeps its name");
    let page = page.strip_suffix("; SameSite=Strict; Secure; Path=/; Max-Age=60");
    page.unwrap_or_else(|| panic!("{set}")).to_owned()
}

/// Returns whether the page learns that no code is needed.
fn is_over(heard: &Heard) -> bool {
    let sets = heard.headers_named("set-cookie");
    sets.contains(&"__Host-mfa--stay-k3=; SameSite=Strict; Secure; Path=/; Max-Age=0")
}

async fn confirmed(w: &World, page: &str) -> String {
    let shown = w.page(Who::Alice, page).await;
    let ask = Ask::form("/mfa/pay/challenge", &shown.fields("channel=messaging"));
    w.hear(ask.by(Who::Alice)).await.status(303);
    let typing = w.page(Who::Alice, page).await;
    let ask = Ask::form("/mfa/pay/verify", &typing.fields(&format!("code={}", w.last_code())));
    w.hear(ask.by(Who::Alice)).await.status(303).cookie()
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(
            "a form whose page stays is answered without a page, and its page gets the address of the challenge page",
            |w| async move {
                let rejected = w.hear(pay().cookie(stay("%2Fpay"))).await;
                // actix-web discards the body before this answer.
                assert_eq!((rejected.runs, rejected.extracted), (0, 0), "{rejected}");
                rejected.status(204);
                assert!(rejected.body.is_empty() && rejected.header("location").is_none(), "{rejected}");
                assert_eq!(rejected.header("cache-control"), Some("no-store"));
                assert!(rejected.header("vary").is_some_and(|vary| vary.contains("Cookie")), "{rejected}");
                let page = told(&rejected);
                assert!(
                    w.page(Who::Alice, &page).await.html.contains("You won’t be asked again for 5 minutes.")
                );

                let grant = confirmed(&w, &page).await;
                let passed = w.hear(pay().cookie(grant).cookie(stay("%2Fpay"))).await;
                assert!(is_over(passed.passed()), "{passed}");
            },
        ),
        case("a handler with StepUp informs the page too", |w| async move {
            let ask = Ask::form("/maybe", "amount=1000").by(Who::Alice).cookie(stay("%2Fmaybe"));
            let rejected = w.hear(ask).await;
            assert_eq!(rejected.status(204).runs, 0);
            assert!(told(&rejected).starts_with("/mfa/pay?return="), "{rejected}");
            let small = Ask::form("/maybe", "amount=1").by(Who::Alice).cookie(stay("%2Fmaybe"));
            assert!(is_over(w.hear(small).await.passed()));
        }),
        case("a page stays only for the target that it names, by a form, of a browser", |w| async move {
            for (name, ask) in [
                ("no cookie", pay()),
                ("another target", pay().cookie(stay("%2Fsettings"))),
                ("another query", pay().cookie(stay("%2Fpay%3Fto%3Dbob"))),
                ("no name", pay().cookie("__Host-mfa--stay-=%2Fpay")),
                ("a name that is not the module's", pay().cookie("__Host-mfa--stay-k.3=%2Fpay")),
                ("a cookie of other hosts", pay().cookie("mfa--stay-k3=%2Fpay")),
                ("an answer of earlier", pay().cookie("__Host-mfa--stay-k3=/mfa/pay?return=x")),
                ("a GET", Ask::get("/settings").navigating().by(Who::Alice).cookie(stay("%2Fsettings"))),
            ] {
                let heard = w.hear(ask).await;
                assert_eq!(heard.untouched().status, 303, "{name}: {heard}");
                assert_eq!(heard.header("set-cookie"), None, "{name}: {heard}");
            }
            let script = Ask::post("/pay").header("sec-fetch-mode", "cors").urlencoded("amount=1");
            w.hear(script.by(Who::Alice).cookie(stay("%2Fpay"))).await.problem(401, "step-up-required");
            let token = pay().by(Who::AliceByToken).cookie(stay("%2Fpay"));
            assert!(is_over(w.hear(token).await.status(401)));
        }),
        case("a page that stays gets every other answer like any other page", |w| async move {
            let anonymous = w.hear(pay().by(Who::Anonymous).cookie(stay("%2Fpay"))).await;
            assert!(is_over(anonymous.goes_to("/login")), "{anonymous}");
            let trouble = w.hear(pay().by(Who::LookupFails).cookie(stay("%2Fpay"))).await;
            trouble.page(503);
            assert!(is_over(&trouble), "{trouble}");
            let nowhere = w.hear(Ask::form("/nowhere", "").by(Who::Alice).cookie(stay("%2Fnowhere"))).await;
            assert!(is_over(nowhere.status(404)), "{nowhere}");
        }),
        case("of two pages that stay the last one to send gets the address", |w| async move {
            let both = pay().cookie("__Host-mfa--stay-k2=%2Fpay").cookie(stay("%2Fpay"));
            let rejected = w.hear(both).await;
            told(rejected.status(204));
            assert_eq!(rejected.headers_named("set-cookie").len(), 1);
        }),
        case(
            "a page that stays gets the address of the challenge page however long its own is",
            |w| async move {
                let referer = format!("https://bank.example/orders?{}", "x".repeat(4000));
                let rejected = w.hear(pay().cookie(stay("%2Fpay")).header("referer", referer)).await;
                let page = told(rejected.status(204));
                assert!(page.len() <= 3500, "a browser drops a cookie of {} bytes", page.len());
                let grant = confirmed(&w, &page).await;
                w.hear(pay().cookie(grant)).await.passed();
            },
        )
        .limited(Policy::default),
    ]
}
