//! The elevation is with whoever has the log-in and the fresh secret, and with nobody else [BIND-6, BIND-8].

use serde_json::Value;

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    heard::Heard,
};

fn settings(who: Who) -> Ask {
    Ask::get("/settings").by(who)
}

/// Refused for a reason, and nothing touched.
fn refused(heard: &Heard, reason: &str) -> Value {
    let members = heard.untouched().problem(401, "step-up-required");
    assert_eq!(members["reason"], reason, "{heard}");
    members
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        case("a copied session without the grant cookie is not elevated", |w| async move {
            w.elevate(Who::Alice, "settings").await;
            refused(&w.hear(settings(Who::Alice)).await, "missing");
        }),
        case("a grant cookie without a session is nobody's", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            w.hear(settings(Who::Nobody).cookie(cookie)).await.untouched().problem(401, "unauthenticated");
        }),
        case("a grant cookie in another log-in of the same user is worth nothing", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            refused(&w.hear(settings(Who::AliceElsewhere).cookie(&cookie)).await, "missing");
            w.elevate(Who::AliceElsewhere, "settings").await;
            refused(&w.hear(settings(Who::AliceElsewhere).cookie(cookie)).await, "mismatch");
        }),
        case("another user's grant cookie is worth nothing", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            refused(&w.hear(settings(Who::Bob).cookie(&cookie)).await, "missing");
            w.elevate(Who::Bob, "settings").await;
            refused(&w.hear(settings(Who::Bob).cookie(cookie)).await, "mismatch");
        }),
        case(
            "another scope's grant cookie is worth nothing, under its own name or another",
            |w| async move {
                let pay = w.elevate(Who::Alice, "pay").await;
                w.elevate(Who::Alice, "settings").await;
                refused(&w.hear(settings(Who::Alice).cookie(&pay)).await, "missing");
                let renamed = pay.replace("__Host-mfa-pay", "__Host-mfa-settings");
                refused(&w.hear(settings(Who::Alice).cookie(renamed)).await, "mismatch");
            },
        ),
        case("a grant cookie does not elevate a bearer token", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            refused(&w.hear(settings(Who::AliceByToken).cookie(cookie)).await, "missing");
        }),
        case("a bearer token's elevation is not the user's session's", |w| async move {
            w.elevate(Who::AliceByToken, "settings").await;
            refused(&w.hear(settings(Who::Alice)).await, "missing");
        }),
        case("a made-up Authorization header makes nobody a bearer", |w| async move {
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
                refused(&heard, "missing");
            }
        }),
        case("a made-up Authorization header beside the grant cookie takes nothing away", |w| async move {
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
                refused(&w.hear(settings(Who::Alice).cookie(&cookie).cookie(second)).await, "missing");
                refused(&w.hear(settings(Who::Alice).cookie(second).cookie(&cookie)).await, "missing");
                refused(
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
        case("a grant ends when it says, to the millisecond, and using it adds nothing", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            for _ in 0..9 {
                w.advance(60);
                w.hear(settings(Who::Alice).cookie(&cookie)).await.passed();
            }
            w.clock.advance(std::time::Duration::from_millis(59_999));
            w.hear(settings(Who::Alice).cookie(&cookie)).await.passed();
            w.clock.advance(std::time::Duration::from_millis(1));
            refused(&w.hear(settings(Who::Alice).cookie(cookie)).await, "expired");
        }),
        case("a route that wants it more recent ends it earlier, to the millisecond", |w| async move {
            let cookie = w.elevate(Who::Alice, "pay").await;
            let pay = || Ask::post("/pay").by(Who::Alice).cookie(&cookie).urlencoded("amount=1");
            w.clock.advance(std::time::Duration::from_millis(299_999));
            w.hear(pay()).await.passed();
            w.clock.advance(std::time::Duration::from_millis(1));
            assert_eq!(refused(&w.hear(pay()).await, "expired")["max_age"], 300);
            let upload = Ask::post("/upload").by(Who::Alice).cookie(&cookie).body("x");
            w.hear(upload).await.passed();
        }),
        case("a route that allows more than the scope ends when the scope says", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            w.advance(600);
            refused(&w.hear(Ask::get("/hour").by(Who::Alice).cookie(cookie)).await, "expired");
        }),
        case("a person whose grant has ended is sent to the page again", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            w.advance(600);
            w.hear(settings(Who::Alice).navigating().cookie(cookie))
                .await
                .untouched()
                .goes_to_page("settings");
        }),
        case("a clock that is set back an hour ends grants instead of stretching them", |w| async move {
            w.advance(7200);
            let cookie = w.elevate(Who::Alice, "settings").await;
            let now = mfakit::Clock::now(&w.clock).as_millis();
            let back = |millis| w.clock.set(mfakit::Timestamp::from_millis(now - millis));
            back(5_000);
            w.hear(settings(Who::Alice).cookie(&cookie)).await.passed();
            back(5_001);
            refused(&w.hear(settings(Who::Alice).cookie(&cookie)).await, "expired");
            back(3_600_000);
            refused(&w.hear(settings(Who::Alice).cookie(&cookie)).await, "expired");
        }),
    ];
    cases.extend(values());
    cases.extend(revoked());
    cases
}

/// What somebody may write into the cookie.
fn values() -> impl Iterator<Item = Case> {
    ["", "true", "1", "AAAA", "%00", "\"", "__Host-mfa-settings", "expired", "null"]
        .into_iter()
        .map(|value| {
            case(format!("a grant cookie of {value:?} is worth nothing"), move |w| async move {
                w.elevate(Who::Alice, "settings").await;
                refused(
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
                    refused(&w.hear(ask).await, "missing");
                })
            }),
        )
}

/// What the app revokes has ended with the next request [BIND-7, GUARD-12].
fn revoked() -> impl Iterator<Item = Case> {
    // Which of Alice, Alice elsewhere and Alice by token still pass `settings`, and whether Alice still passes `reports`.
    [
        ("the log-in", [false, true, true], false),
        ("the user", [false, false, false], false),
        ("the scope", [false, false, false], true),
        ("another user", [true, true, true], true),
        ("another scope", [true, true, true], false),
    ]
    .into_iter()
    .map(|(what, left, reports_left)| {
        case(format!("a grant ends as it should when {what} is revoked"), move |w| async move {
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
                "the log-in" => w.mfa.revoke_login(&alice, &login).await,
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
                    refused(&heard, "missing");
                }
            }
            let heard = w.hear(Ask::get("/report").by(Who::Alice).cookie(reports)).await;
            assert_eq!(heard.status == 200, reports_left, "{heard}");
        })
    })
}
