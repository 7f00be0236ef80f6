//! The right code is entered again: after a double click, a lost answer, or a form that the browser resubmits.

use std::time::Duration;

use mfakit::{Scope, provider::Verdict};
use serde_json::json;

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    world::{Page, Started, World},
};

/// Completes a challenge for `settings`, and returns its cookie.
async fn succeed(w: &World) -> (Started, String) {
    let started = w.start(Who::Alice, "settings").await;
    let cookie = w.type_code(Who::Alice, "settings", &started.challenge, &started.code).await.cookie();
    (started, cookie)
}

async fn again(w: &World, started: &Started) -> crate::http::heard::Heard {
    w.type_code(Who::Alice, "settings", &started.challenge, &started.code).await
}

async fn opens(w: &World, cookie: &str) {
    w.hear(Ask::get("/settings").by(Who::Alice).cookie(cookie)).await.passed();
}

fn typed(started: &Started, code: &str) -> Ask {
    let body = json!({ "challenge": started.challenge, "code": code });
    Ask::json("/mfa/settings/verify", &body).by(Who::Alice)
}

/// Returns a page with a code on its way, for a user who was going to `/settings?tab=2`.
async fn page_with_code(w: &World) -> Page {
    let rejected = w.hear(Ask::get("/settings?tab=2").by(Who::Alice).navigating()).await;
    let page = w.page(Who::Alice, rejected.header("location").unwrap()).await;
    let ask = Ask::form("/mfa/settings/challenge", &page.fields("channel=messaging"));
    let sent = w.hear(ask.by(Who::Alice)).await;
    w.page(Who::Alice, sent.status(303).header("location").unwrap()).await
}

fn submitted(w: &World, page: &Page) -> Ask {
    let fields = page.fields(&format!("code={}", w.last_code()));
    Ask::form("/mfa/settings/verify", &fields).by(Who::Alice)
}

async fn failures(w: &World) -> u32 {
    w.mfa.status(&"alice".into()).await.unwrap().failures
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        case("the right code again is answered like the first time, with the same cookie", |w| async move {
            let (started, cookie) = succeed(&w).await;
            for _ in 0..10 {
                let heard = again(&w, &started).await;
                assert_eq!(heard.status(200).value(), json!({ "scope": "settings", "expires_in": 600 }));
                assert_eq!(heard.cookie(), cookie);
            }
            opens(&w, &cookie).await;
            assert_eq!((w.provider.inner.verifies(), failures(&w).await), (1, 0), "nothing was counted");
        }),
        case("the right code again reports how long its grant still lasts", |w| async move {
            let (started, cookie) = succeed(&w).await;
            w.advance(90);
            let heard = again(&w, &started).await;
            assert_eq!(heard.status(200).value()["expires_in"], 510);
            assert!(heard.header("set-cookie").unwrap().contains("Max-Age=510"), "{heard}");
            w.advance(509);
            opens(&w, &cookie).await;
            w.advance(1);
            w.hear(Ask::get("/settings").by(Who::Alice).cookie(cookie)).await.untouched().status(401);
        }),
        case("a form that is sent twice continues twice, with or without the first cookie", |w| async move {
            let page = page_with_code(&w).await;
            let first = w.hear(submitted(&w, &page)).await;
            let cookie = first.goes_to("/settings?tab=2").cookie();
            for ask in [submitted(&w, &page), submitted(&w, &page).cookie(&cookie)] {
                let heard = w.hear(ask).await;
                assert_eq!(heard.goes_to("/settings?tab=2").cookie(), cookie);
            }
            opens(&w, &cookie).await;
            assert_eq!(w.provider.inner.verifies(), 1);
        }),
        case(
            "a bearer token that sends the right code again is answered like the first time",
            |w| async move {
                let started = w.start(Who::AliceByToken, "settings").await;
                for _ in 0..2 {
                    let heard =
                        w.type_code(Who::AliceByToken, "settings", &started.challenge, &started.code).await;
                    assert_eq!(heard.status(200).header("set-cookie"), None);
                    assert_eq!(heard.value(), json!({ "scope": "settings", "expires_in": 600 }));
                }
                w.hear(Ask::get("/settings").by(Who::AliceByToken)).await.passed();
                assert_eq!(w.provider.inner.verifies(), 1);
            },
        ),
        case("a script that shows the page is shown the same page again", |w| async move {
            let page = page_with_code(&w).await;
            let shown = || {
                let fields = page.fields(&format!("code={}", w.last_code()));
                let ask = Ask::post("/mfa/settings/verify").urlencoded(&fields).same_origin().by(Who::Alice);
                ask.header("sec-fetch-mode", "cors").header("accept", "text/html")
            };
            let (first, second) = (w.hear(shown()).await, w.hear(shown()).await);
            assert!(first.page(200).contains("data-mfa-state=\"done\""), "{first}");
            assert_eq!((first.text(), first.cookie()), (second.page(200), second.cookie()));
        }),
        case("another code after the right one is rejected as over, and counted", |w| async move {
            let (started, cookie) = succeed(&w).await;
            for counted in 1..=5 {
                let heard = w.hear(typed(&started, &started.wrong_code())).await;
                heard.problem(410, "challenge-over");
                assert_eq!((heard.header("set-cookie"), failures(&w).await), (None, counted));
            }
            for code in [&started.wrong_code(), &started.code] {
                w.hear(typed(&started, code)).await.problem(410, "challenge-over");
            }
            assert_eq!((failures(&w).await, w.provider.inner.verifies()), (5, 1));
            opens(&w, &cookie).await;
        }),
        case(
            "guesses at a consumed challenge lead to the lock, which reveals nothing about the code",
            |w| async move {
                let (started, cookie) = succeed(&w).await;
                let other = w.start(Who::Alice, "pay").await;
                for _ in 0..5 {
                    w.type_code(Who::Alice, "pay", &other.challenge, &other.wrong_code()).await.status(422);
                    w.hear(typed(&started, &started.wrong_code())).await.status(410);
                }
                let (right, wrong) =
                    (again(&w, &started).await, w.hear(typed(&started, &started.wrong_code())).await);
                assert_eq!(right.problem(429, "locked"), wrong.problem(429, "locked"));
                assert_eq!((right.header("set-cookie"), &right.headers), (None, &wrong.headers));
                assert_eq!(failures(&w).await, 10);
                opens(&w, &cookie).await;
            },
        ),
        case("a code that was right at the last attempt can be entered again", |w| async move {
            let started = w.start(Who::Alice, "settings").await;
            for _ in 0..4 {
                w.hear(typed(&started, &started.wrong_code())).await.status(422);
            }
            let first = again(&w, &started).await.cookie();
            assert_eq!(again(&w, &started).await.cookie(), first);
            opens(&w, &first).await;
        }),
        case("the right code again gives no one else the grant", |w| async move {
            let (started, cookie) = succeed(&w).await;
            for (who, scope) in [
                (Who::Bob, "settings"),
                (Who::AliceElsewhere, "settings"),
                (Who::AliceByToken, "settings"),
                (Who::Alice, "pay"),
            ] {
                for code in [&started.code, &started.wrong_code()] {
                    let heard = w.type_code(who, scope, &started.challenge, code).await;
                    heard.problem(410, "challenge-over");
                    assert_eq!(heard.header("set-cookie"), None);
                }
            }
            let bobs = w.mfa.status(&"bob".into()).await.unwrap().failures;
            assert_eq!((failures(&w).await, bobs), (0, 0), "foreign codes are not counted");
            assert_eq!(again(&w, &started).await.cookie(), cookie);
        }),
        case("a right code is over after its five minutes", |w| async move {
            let (started, cookie) = succeed(&w).await;
            w.clock.advance(Duration::from_millis(299_999));
            assert_eq!(again(&w, &started).await.cookie(), cookie);
            w.clock.advance(Duration::from_millis(1));
            again(&w, &started).await.problem(410, "challenge-over");
            opens(&w, &cookie).await;
        }),
        case("a code whose grant was consumed is over", |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            let heard = w.type_code(Who::Alice, "pay", &started.challenge, &started.code).await;
            let once = Ask::post("/once/attribute").by(Who::Alice).cookie(heard.cookie());
            w.hear(once.urlencoded("amount=7")).await.passed();
            for code in [&started.code, &started.wrong_code()] {
                let heard = w.type_code(Who::Alice, "pay", &started.challenge, code).await;
                heard.problem(410, "challenge-over");
                assert_eq!(heard.header("set-cookie"), None);
            }
            assert_eq!((failures(&w).await, w.provider.inner.verifies()), (0, 1));
        }),
        case("a right code is over when a newer one is sent", |w| async move {
            let (started, _) = succeed(&w).await;
            let newer = w.start(Who::Alice, "settings").await;
            again(&w, &started).await.problem(410, "challenge-over");
            w.hear(typed(&newer, &newer.code)).await.status(200);
        }),
        case("a right code is over when the number on file has changed", |w| async move {
            let (started, _) = succeed(&w).await;
            w.phones.enter("alice", "+19195559999");
            again(&w, &started).await.problem(410, "challenge-over");
            w.phones.enter("alice", crate::http::world::ALICES_NUMBER);
            again(&w, &started).await.problem(410, "challenge-over");
        }),
        case("a consumed challenge is not shown as live", |w| async move {
            succeed(&w).await;
            assert!(!w.page(Who::Alice, "/mfa/settings").await.html.contains("name=\"code\""));
        }),
    ];
    cases.extend(revoked());
    cases.extend(at_once());
    cases
}

/// Anything that ends the grant ends the code.
fn revoked() -> impl Iterator<Item = Case> {
    ["user", "session", "scope", "grant"].into_iter().map(|what| {
        case(format!("a code is over when its {what} was revoked"), move |w| async move {
            let (started, cookie) = succeed(&w).await;
            let (user, login) = ("alice".into(), "00000000000000000000000000000001".parse().unwrap());
            match what {
                "user" => w.mfa.revoke_user(&user).await.unwrap(),
                "session" => w.mfa.revoke_login(&user, &login).await.unwrap(),
                "scope" => w.mfa.revoke_scope(&user, &Scope::new("settings").unwrap()).await.unwrap(),
                _ => {
                    let drop = Ask::new("DELETE", "/mfa/settings").same_origin().by(Who::Alice);
                    w.hear(drop.cookie(&cookie)).await.status(204);
                }
            }
            for code in [&started.code, &started.wrong_code()] {
                w.hear(typed(&started, code)).await.problem(410, "challenge-over");
            }
            assert_eq!(failures(&w).await, 0);
        })
    })
}

/// A second click while the first is at the provider, which is slow and accepts a code only once.
fn at_once() -> [Case; 5] {
    const SLOWLY: Duration = Duration::from_millis(3500);
    [
        case("two clicks at once get one cookie that works, whatever the provider says", |w| async move {
            let started = w.start(Who::Alice, "settings").await;
            w.provider.inner.delay(SLOWLY);
            w.provider.inner.next_verdict(Verdict::Approved);
            w.provider.inner.next_verdict(Verdict::Rejected);
            let asks = [typed(&started, &started.code), typed(&started, &started.code)];
            let [one, other] = w.answers_at_once(asks).await;
            assert_eq!((one.status, other.status), (200, 200), "{one} {other}");
            assert_eq!(one.cookie(), other.cookie());
            opens(&w, &one.cookie()).await;
            assert_eq!((w.provider.inner.verifies(), failures(&w).await), (1, 0));
        }),
        case("two submissions of a form at once both continue", |w| async move {
            let page = page_with_code(&w).await;
            w.provider.inner.delay(SLOWLY);
            let [one, other] = w.answers_at_once([submitted(&w, &page), submitted(&w, &page)]).await;
            let cookie = one.goes_to("/settings?tab=2").cookie();
            assert_eq!(other.goes_to("/settings?tab=2").cookie(), cookie);
            opens(&w, &cookie).await;
            assert_eq!(w.provider.inner.verifies(), 1);
        }),
        case("two clicks at once at the last attempt get one cookie that works", |w| async move {
            let started = w.start(Who::Alice, "settings").await;
            for _ in 0..4 {
                w.hear(typed(&started, &started.wrong_code())).await.status(422);
            }
            w.provider.inner.delay(SLOWLY);
            let asks = [typed(&started, &started.code), typed(&started, &started.code)];
            let [one, other] = w.answers_at_once(asks).await;
            assert_eq!((one.status, other.status), (200, 200), "{one} {other}");
            assert_eq!(one.cookie(), other.cookie());
            opens(&w, &one.cookie()).await;
        }),
        case("two clicks at once before the lock get one cookie that works", |w| async move {
            let other = w.start(Who::Alice, "pay").await;
            for _ in 0..5 {
                w.type_code(Who::Alice, "pay", &other.challenge, &other.wrong_code()).await.status(422);
            }
            w.advance(30);
            let started = w.start(Who::Alice, "settings").await;
            for _ in 0..4 {
                w.hear(typed(&started, &started.wrong_code())).await.status(422);
            }
            w.provider.inner.delay(SLOWLY);
            let asks = [typed(&started, &started.code), typed(&started, &started.code)];
            let [one, other] = w.answers_at_once(asks).await;
            assert_eq!((one.status, other.status), (200, 200), "{one} {other}");
            assert_eq!(one.cookie(), other.cookie());
            assert_eq!(failures(&w).await, 0);
        }),
        case("two clicks at once with a wrong code are two attempts", |w| async move {
            let started = w.start(Who::Alice, "settings").await;
            w.provider.inner.delay(SLOWLY);
            let wrong = started.wrong_code();
            let answers = w.answers_at_once([typed(&started, &wrong), typed(&started, &wrong)]).await;
            let mut left = answers.map(|heard| heard.problem(422, "wrong-code")["attempts_left"].as_u64());
            left.sort_unstable();
            assert_eq!(left, [Some(3), Some(4)]);
            assert_eq!((w.provider.inner.verifies(), failures(&w).await), (2, 2));
        }),
    ]
}
