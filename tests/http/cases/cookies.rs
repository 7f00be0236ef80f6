//! A grant needs both its session and its cookie [BIND-6, BIND-8].

use serde_json::Value;

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    heard::Heard,
};

fn settings(who: Who) -> Ask {
    Ask::get("/settings").by(who)
}

/// Asserts a rejection for this reason, with nothing touched.
fn rejected(heard: &Heard, reason: &str) -> Value {
    let members = heard.untouched().problem(401, "step-up-required");
    assert_eq!(members["reason"], reason, "{heard}");
    members
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        case("a copied session without the grant cookie has no grant", |w| async move {
            w.elevate(Who::Alice, "settings").await;
            rejected(&w.hear(settings(Who::Alice)).await, "missing");
        }),
        case("a grant cookie without a session is worth nothing", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            w.hear(settings(Who::Anonymous).cookie(cookie)).await.untouched().problem(401, "unauthenticated");
        }),
        case("a grant cookie in another session of the same user is worth nothing", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            rejected(&w.hear(settings(Who::AliceElsewhere).cookie(&cookie)).await, "missing");
            w.elevate(Who::AliceElsewhere, "settings").await;
            rejected(&w.hear(settings(Who::AliceElsewhere).cookie(cookie)).await, "mismatch");
        }),
        case("another user's grant cookie is worth nothing", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            rejected(&w.hear(settings(Who::Bob).cookie(&cookie)).await, "missing");
            w.elevate(Who::Bob, "settings").await;
            rejected(&w.hear(settings(Who::Bob).cookie(cookie)).await, "mismatch");
        }),
        case(
            "another scope's grant cookie is worth nothing, under its own name or another",
            |w| async move {
                let pay = w.elevate(Who::Alice, "pay").await;
                w.elevate(Who::Alice, "settings").await;
                rejected(&w.hear(settings(Who::Alice).cookie(&pay)).await, "missing");
                let renamed = pay.replace("__Host-mfa-pay", "__Host-mfa-settings");
                rejected(&w.hear(settings(Who::Alice).cookie(renamed)).await, "mismatch");
            },
        ),
        case("a grant cookie gives a bearer token no grant", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            rejected(&w.hear(settings(Who::AliceByToken).cookie(cookie)).await, "missing");
        }),
        case("a bearer token's grant is not a grant of the user's session", |w| async move {
            w.elevate(Who::AliceByToken, "settings").await;
            rejected(&w.hear(settings(Who::Alice)).await, "missing");
        }),
        case("a made-up Authorization header does not make a request a bearer request", |w| async move {
            w.elevate(Who::Alice, "settings").await;
            w.elevate(Who::AliceByToken, "settings").await;
            for made_up in [
                "Bearer made-up",
                "Bearer ",
                "Basic YWxpY2U6YWxpY2U=",
                "bearer alice-token",
                "Bearer Alice-Token",
            ] {
                let heard = w.hear(settings(Who::Alice).header("authorization", made_up)).await;
                rejected(&heard, "missing");
            }
        }),
        case("a made-up Authorization header beside the grant cookie changes nothing", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            let ask = settings(Who::Alice).cookie(cookie).header("authorization", "Bearer made-up");
            w.hear(ask).await.passed();
        }),
        case("a grant cookie in a second Cookie header counts", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            w.hear(settings(Who::Alice).header("cookie", cookie)).await.passed();
        }),
        case("a grant cookie that comes twice counts as none", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            let other = format!("__Host-mfa-settings={}", "A".repeat(43));
            for second in [&cookie, &other] {
                rejected(&w.hear(settings(Who::Alice).cookie(&cookie).cookie(second)).await, "missing");
                rejected(&w.hear(settings(Who::Alice).cookie(second).cookie(&cookie)).await, "missing");
                rejected(
                    &w.hear(settings(Who::Alice).cookie(&cookie).header("cookie", second)).await,
                    "missing",
                );
            }
        }),
        case("a grant cookie among many others counts", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            let others = (0..50).fold(settings(Who::Alice), |ask, n| ask.cookie(format!("c{n}=\"a b\"")));
            w.hear(others.cookie("broken").cookie(cookie).cookie("=")).await.passed();
        }),
        case("a grant ends on time, to the millisecond, and using it does not extend it", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            for _ in 0..9 {
                w.advance(60);
                w.hear(settings(Who::Alice).cookie(&cookie)).await.passed();
            }
            w.clock.advance(std::time::Duration::from_millis(59_999));
            w.hear(settings(Who::Alice).cookie(&cookie)).await.passed();
            w.clock.advance(std::time::Duration::from_millis(1));
            rejected(&w.hear(settings(Who::Alice).cookie(cookie)).await, "expired");
        }),
        case("a route with a shorter age ends a grant earlier, to the millisecond", |w| async move {
            let cookie = w.elevate(Who::Alice, "pay").await;
            let pay = || Ask::post("/pay").by(Who::Alice).cookie(&cookie).urlencoded("amount=1");
            w.clock.advance(std::time::Duration::from_millis(299_999));
            w.hear(pay()).await.passed();
            w.clock.advance(std::time::Duration::from_millis(1));
            assert_eq!(rejected(&w.hear(pay()).await, "expired")["max_age"], 300);
            let upload = Ask::post("/upload").by(Who::Alice).cookie(&cookie).body("x");
            w.hear(upload).await.passed();
        }),
        case("a route with a longer age than the scope ends a grant with the scope", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            w.advance(600);
            rejected(&w.hear(Ask::get("/hour").by(Who::Alice).cookie(cookie)).await, "expired");
        }),
        case("a browser whose grant has ended is redirected to the page again", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            w.advance(600);
            w.hear(settings(Who::Alice).navigating().cookie(cookie))
                .await
                .untouched()
                .goes_to_page("settings");
        }),
        case("a clock that is set back an hour ends grants instead of extending them", |w| async move {
            w.advance(7200);
            let cookie = w.elevate(Who::Alice, "settings").await;
            let now = mfakit::Clock::now(&w.clock).as_millis();
            let back = |millis| w.clock.set(mfakit::Timestamp::from_millis(now - millis));
            back(5_000);
            w.hear(settings(Who::Alice).cookie(&cookie)).await.passed();
            back(5_001);
            rejected(&w.hear(settings(Who::Alice).cookie(&cookie)).await, "expired");
            back(3_600_000);
            rejected(&w.hear(settings(Who::Alice).cookie(&cookie)).await, "expired");
        }),
    ];
    cases.extend(values());
    cases.extend(revoked());
    cases
}

/// Values that a client can write into the cookie.
fn values() -> impl Iterator<Item = Case> {
    ["", "true", "1", "AAAA", "%00", "\"", "__Host-mfa-settings", "expired", "null"]
        .into_iter()
        .map(|value| {
            case(format!("a grant cookie of {value:?} is worth nothing"), move |w| async move {
                w.elevate(Who::Alice, "settings").await;
                rejected(
                    &w.hear(settings(Who::Alice).cookie(format!("__Host-mfa-settings={value}"))).await,
                    "missing",
                );
            })
        })
        .chain(
            [
                ("in capitals", "__HOST-MFA-SETTINGS=VALUE"),
                ("without its prefix", "mfa-settings=VALUE"),
                ("of a scope that begins like it", "__Host-mfa-setting=VALUE"),
                ("in quotes", "__Host-mfa-settings=\"VALUE\""),
                ("with something behind it", "__Host-mfa-settings=VALUEA"),
                ("with padding", "__Host-mfa-settings=VALUE="),
                ("inside another cookie", "x=__Host-mfa-settings=VALUE"),
            ]
            .map(|(how, written)| {
                case(format!("a grant cookie {how} is worth nothing"), move |w| async move {
                    let cookie = w.elevate(Who::Alice, "settings").await;
                    let value = cookie.split_once('=').unwrap().1;
                    let ask = settings(Who::Alice).cookie(written.replace("VALUE", value));
                    rejected(&w.hear(ask).await, "missing");
                })
            }),
        )
}

/// A grant that the app revokes has ended with the next request [BIND-7, GUARD-12].
fn revoked() -> impl Iterator<Item = Case> {
    // Which of Alice, Alice elsewhere and Alice by token still pass `settings`, and whether Alice still passes `reports`.
    [
        ("the session", [false, true, true], false),
        ("the user", [false, false, false], false),
        ("the scope", [false, false, false], true),
        ("another user", [true, true, true], true),
        ("another scope", [true, true, true], false),
    ]
    .into_iter()
    .map(|(what, left, reports_left)| {
        case(format!("exactly the affected grants end when {what} is revoked"), move |w| async move {
            let askers = [Who::Alice, Who::AliceElsewhere, Who::AliceByToken];
            let mut cookies = Vec::new();
            for who in askers {
                cookies.push(w.elevate(who, "settings").await);
            }
            let reports = w.elevate(Who::Alice, "reports").await;
            let (alice, bob) = ("alice".into(), "bob".into());
            let login = "00000000000000000000000000000001".parse().unwrap();
            let scope = |name| mfakit::Scope::new(name).unwrap();
            match what {
                "the session" => w.mfa.revoke_login(&alice, &login).await,
                "the user" => w.mfa.revoke_user(&alice).await,
                "another user" => w.mfa.revoke_user(&bob).await,
                "the scope" => w.mfa.revoke_scope(&alice, &scope("settings")).await,
                _ => w.mfa.revoke_scope(&alice, &scope("reports")).await,
            }
            .unwrap();
            for ((who, cookie), left) in askers.into_iter().zip(cookies).zip(left) {
                let ask = if cookie.is_empty() { settings(who) } else { settings(who).cookie(cookie) };
                let heard = w.hear(ask).await;
                if left {
                    heard.passed();
                } else {
                    rejected(&heard, "missing");
                }
            }
            let heard = w.hear(Ask::get("/report").by(Who::Alice).cookie(reports)).await;
            assert_eq!(heard.status == 200, reports_left, "{heard}");
        })
    })
}
