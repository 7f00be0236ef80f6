//! Ways in which a thief of a session tries to change the number without the old one [ENROL-1, GRANT-7].
//!
//! The thief has the session cookie and a browser of her own. In each way, Alice's number stays as it is.

use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use mfakit::Clock as _;
use serde_json::json;

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    cases::{
        bound::approve_order,
        numbers::{NEW, enter, fill, remove},
    },
    world::{ALICES_NUMBER, Page, World},
};

type Way = fn(Rc<World>) -> LocalBoxFuture<'static, ()>;

macro_rules! ways {
    ($($name:literal => |$w:ident| $body:block)+) => {
        const WAYS: &[(&str, Way)] = &[$(($name, |$w| Box::pin(async move $body))),+];
    };
}

pub(super) fn cases() -> Vec<Case> {
    assert!(WAYS.len() >= 24, "{}", WAYS.len());
    let tried = |(name, way): &(&'static str, Way)| {
        let way = *way;
        case(format!("a session thief changes no number: {name}"), move |w| async move {
            way(w.clone()).await;
            assert_eq!(w.on_file("alice").as_deref(), Some(ALICES_NUMBER));
        })
    };
    WAYS.iter().map(tried).collect()
}

/// The form of a removal with this token.
fn removing(token: &str) -> Ask {
    Ask::form("/mfa/number/remove", &format!("token={token}"))
}

ways! {
    "enters a number" => |w| {
        w.hear(enter(NEW).by(Who::Alice)).await.problem(401, "step-up-required");
        assert!(w.provider.inner.inbox().is_empty());
    }
    "removes the number" => |w| {
        w.hear(remove().by(Who::Alice)).await.problem(401, "step-up-required");
    }
    "uses the cookie of an ordinary grant, and one renamed" => |w| {
        let pays = w.elevate(Who::Alice, "pay").await;
        let renamed = pays.replace("__Host-mfa-pay", "__Host-mfa-mfakit.manage");
        for cookie in [pays, renamed] {
            w.hear(enter(NEW).by(Who::Alice).cookie(&*cookie)).await.problem(401, "step-up-required");
            w.hear(remove().by(Who::Alice).cookie(cookie)).await.problem(401, "step-up-required");
        }
    }
    "has no cookie while Alice's own grant lives" => |w| {
        w.manage(Who::Alice).await;
        w.hear(enter(NEW).by(Who::Alice)).await.problem(401, "step-up-required");
        w.hear(remove().by(Who::Alice)).await.problem(401, "step-up-required");
    }
    "makes up the cookie" => |w| {
        w.manage(Who::Alice).await;
        let made_up = format!("__Host-mfa-mfakit.manage={}", "A".repeat(43));
        w.hear(remove().by(Who::Alice).cookie(made_up)).await.problem(401, "step-up-required");
    }
    "plants a second cookie beside the real one" => |w| {
        let cookie = w.manage(Who::Alice).await;
        let planted = format!("__Host-mfa-mfakit.manage={}", "A".repeat(43));
        let ask = remove().by(Who::Alice).cookie(cookie).cookie(planted);
        w.hear(ask).await.problem(401, "step-up-required");
    }
    "uses the cookie of Alice's other session" => |w| {
        let cookie = w.manage(Who::AliceElsewhere).await;
        w.hear(enter(NEW).by(Who::Alice).cookie(&*cookie)).await.problem(401, "step-up-required");
        w.hear(remove().by(Who::Alice).cookie(cookie)).await.problem(401, "step-up-required");
    }
    "uses the cookie of the thief's own account" => |w| {
        let cookie = w.manage(Who::Bob).await;
        w.hear(remove().by(Who::Alice).cookie(cookie)).await.problem(401, "step-up-required");
    }
    "shows Alice's user by a token of another session" => |w| {
        w.manage(Who::Alice).await;
        w.hear(remove().by(Who::AliceByToken)).await.problem(401, "step-up-required");
    }
    "sends Alice's browser a form of another site" => |w| {
        let cookie = w.manage(Who::Alice).await;
        let page = Page::read(w.number_page(Who::Alice, "/mfa/number", &cookie).await.page(200));
        for target in ["/mfa/number", "/mfa/number/remove"] {
            let body = format!("token={}&number={NEW}&channel=messaging", page.token);
            let ask = Ask::post(target).header("sec-fetch-site", "cross-site").urlencoded(&body);
            w.hear(ask.by(Who::Alice).cookie(&*cookie)).await.problem(403, "cross-site");
        }
    }
    "sends Alice's browser JSON of another site" => |w| {
        let cookie = w.manage(Who::Alice).await;
        let ask = Ask::json_from_anywhere("/mfa/number/remove", &json!({})).by(Who::Alice);
        let foreign = ask.clone().header("origin", "https://evil.example");
        for ask in [ask, foreign] {
            w.hear(ask.cookie(&*cookie)).await.problem(403, "cross-site");
        }
    }
    "sends a form without the token of the page" => |w| {
        let cookie = w.manage(Who::Alice).await;
        for token in ["", "AAAA", "."] {
            w.hear(removing(token).by(Who::Alice).cookie(&*cookie)).await.status(403);
        }
    }
    "sends a form with the token of another page of Alice's" => |w| {
        let cookie = w.manage(Who::Alice).await;
        for page in ["/mfa/pay", "/mfa/mfakit.manage"] {
            let token = w.page(Who::Alice, page).await.token;
            w.hear(removing(&token).by(Who::Alice).cookie(&*cookie)).await.status(403);
        }
    }
    "sends a form with the token of the thief's own page" => |w| {
        let cookie = w.manage(Who::Alice).await;
        let token = w.page(Who::Carol, "/mfa/number").await.token;
        w.hear(removing(&token).by(Who::Alice).cookie(&*cookie)).await.status(403);
        w.hear(fill(&Page { token, ..w.page(Who::Carol, "/mfa/number").await }, NEW).by(Who::Alice).cookie(cookie)).await.status(403);
    }
    "reads instead of sending" => |w| {
        let cookie = w.manage(Who::Alice).await;
        let sent = w.provider.inner.inbox().len();
        let query = "number=%2B12025550123&channel=messaging&approval=AAAAAAAAAAAAAAAAAAAAAA";
        for method in ["GET", "HEAD"] {
            let ask = Ask::new(method, &format!("/mfa/number?{query}")).by(Who::Alice).cookie(&*cookie);
            w.hear(ask).await.status(200);
            let ask = Ask::new(method, "/mfa/number/remove").by(Who::Alice).cookie(&*cookie);
            w.hear(ask).await.status(405);
        }
        assert_eq!(w.provider.inner.inbox().len(), sent);
    }
    "uses another method" => |w| {
        let cookie = w.manage(Who::Alice).await;
        for method in ["DELETE", "PUT", "PATCH"] {
            for target in ["/mfa/number", "/mfa/number/remove"] {
                let ask = Ask::new(method, target).same_origin().by(Who::Alice).cookie(&*cookie);
                w.hear(ask).await.status(405);
            }
        }
    }
    "waits until Alice's grant has expired" => |w| {
        let cookie = w.manage(Who::Alice).await;
        w.advance(600);
        w.hear(remove().by(Who::Alice).cookie(cookie)).await.problem(401, "step-up-required");
    }
    "uses Alice's cookie after her sessions were revoked" => |w| {
        let cookie = w.manage(Who::Alice).await;
        let entered = w.enters(Who::Alice, NEW, &cookie).await;
        w.mfa.revoke_user(&"alice".into()).await.unwrap();
        w.hear(remove().by(Who::Alice).cookie(&*cookie)).await.problem(401, "step-up-required");
        w.confirms(Who::Alice, &entered, &cookie).await.problem(401, "step-up-required");
    }
    "enters the code of Alice's new number without her cookie" => |w| {
        let cookie = w.manage(Who::Alice).await;
        let entered = w.enters(Who::Alice, NEW, &cookie).await;
        let checked = w.provider.inner.verifies();
        w.confirms(Who::Alice, &entered, "").await.problem(401, "step-up-required");
        assert_eq!(w.provider.inner.verifies(), checked, "the code is not even compared");
    }
    "resends the code of Alice's new number without her cookie" => |w| {
        let cookie = w.manage(Who::Alice).await;
        w.enters(Who::Alice, NEW, &cookie).await;
        let waiting = w.numbers(Who::Alice, &cookie).await["pending"].clone();
        w.advance(60);
        let sent = w.provider.inner.inbox().len();
        let ask = Ask::json(waiting["challenge_url"].as_str().unwrap(), &json!({ "channel": "messaging" }));
        w.hear(ask.by(Who::Alice)).await.problem(401, "step-up-required");
        assert_eq!(w.provider.inner.inbox().len(), sent);
    }
    "enters the code of the thief's own number into Alice's session" => |w| {
        let entered = w.enters(Who::Carol, NEW, "").await;
        w.confirms(Who::Alice, &entered, "").await.problem(401, "step-up-required");
        let cookie = w.manage(Who::Alice).await;
        w.confirms(Who::Alice, &entered, &cookie).await.problem(410, "challenge-over");
    }
    "starts the approval of another session" => |w| {
        w.enters(Who::Carol, NEW, "").await;
        let waiting = w.numbers(Who::Carol, "").await["pending"].clone();
        let cookie = w.manage(Who::Alice).await;
        w.advance(60);
        let ask = Ask::json(waiting["challenge_url"].as_str().unwrap(), &json!({ "channel": "messaging" }));
        w.hear(ask.by(Who::Alice).cookie(cookie)).await.problem(410, "approval-over");
    }
    "requests a code of the scope of new numbers without a number" => |w| {
        let cookie = w.manage(Who::Alice).await;
        w.advance(60);
        let ask = Ask::json("/mfa/mfakit.enroll/challenge", &json!({ "channel": "messaging" }));
        w.hear(ask.by(Who::Alice).cookie(cookie)).await.problem(410, "approval-over");
    }
    "enters the code of the new number as one of the old number" => |w| {
        let cookie = w.manage(Who::Alice).await;
        let entered = w.enters(Who::Alice, NEW, &cookie).await;
        for scope in ["mfakit.manage", "pay"] {
            let heard = w.type_code(Who::Alice, scope, &entered.challenge, &entered.code).await;
            heard.problem(410, "challenge-over");
        }
    }
    "enters the code of an ordinary challenge as one of a new number" => |w| {
        let cookie = w.manage(Who::Alice).await;
        w.enters(Who::Alice, NEW, &cookie).await;
        w.advance(60);
        let started = w.start(Who::Alice, "pay").await;
        let body = json!({ "challenge": started.challenge, "code": started.code });
        let ask = Ask::json("/mfa/mfakit.enroll/verify", &body).by(Who::Alice).cookie(cookie);
        w.hear(ask).await.problem(410, "challenge-over");
    }
    "uses an approved payment as permission" => |w| {
        let approved = approve_order(&w).await;
        w.hear(remove().by(Who::Alice).cookie(approved)).await.problem(401, "step-up-required");
    }
    "guesses the code to the old number" => |w| {
        let started = w.start(Who::Alice, "mfakit.manage").await;
        for _ in 0..5 {
            w.type_code(Who::Alice, "mfakit.manage", &started.challenge, &started.wrong_code()).await;
        }
        let heard = w.type_code(Who::Alice, "mfakit.manage", &started.challenge, &started.code).await;
        assert!(heard.status >= 400, "{heard}");
        w.hear(remove().by(Who::Alice)).await.problem(401, "step-up-required");
    }
    "has Alice's cookie and guesses the code to the new number" => |w| {
        let cookie = w.manage(Who::Alice).await;
        let entered = w.enters(Who::Alice, NEW, &cookie).await;
        let wrong = if entered.code == "000000" { "000001" } else { "000000" };
        let body = json!({ "challenge": entered.challenge, "code": wrong });
        for _ in 0..5 {
            let ask = Ask::json(&entered.confirm_url, &body).by(Who::Alice).cookie(&*cookie);
            assert!(w.hear(ask).await.status >= 400);
        }
        assert!(w.confirms(Who::Alice, &entered, &cookie).await.status >= 400);
    }
    "changes the number of another user by fields" => |w| {
        let body = json!({ "number": NEW, "channel": "messaging", "user": "alice" });
        w.hear(Ask::json("/mfa/number", &body).by(Who::Carol)).await.problem(422, "invalid-field");
        let page = w.page(Who::Carol, "/mfa/number").await;
        let body = format!("token={}&number=202+555+0123&channel=messaging&user=alice", page.token);
        w.hear(Ask::form("/mfa/number?user=alice", &body).by(Who::Carol)).await.status(303);
        let approval = w.numbers(Who::Carol, "").await["pending"].clone();
        assert_eq!(approval["number"], "•••23");
    }
    "mixes JSON and a form" => |w| {
        let cookie = w.manage(Who::Alice).await;
        let form = Ask::post("/mfa/number/remove").same_origin().urlencoded("{}").by(Who::Alice);
        w.hear(form.cookie(&*cookie)).await.problem(403, "cross-site");
        let json = Ask::post("/mfa/number/remove").same_origin().header("content-type", "application/json");
        w.hear(json.body("token=x").by(Who::Alice).cookie(&*cookie)).await.problem(400, "malformed-body");
        let text = Ask::post("/mfa/number/remove").same_origin().header("content-type", "text/plain");
        w.hear(text.body("{}").by(Who::Alice).cookie(cookie)).await.problem(415, "unsupported-media-type");
    }
    "asks whether a number is the one on file" => |w| {
        for guess in [ALICES_NUMBER, NEW, "nonsense"] {
            w.hear(enter(guess).by(Who::Alice)).await.problem(401, "step-up-required");
        }
    }
    "makes up a notice of a change" => |w| {
        for notice in ["removed", "confirmed", "x.y"] {
            let html = w.number_page(Who::Alice, &format!("/mfa/number?notice={notice}"), "").await.page(200);
            assert!(!html.contains("mfa-good"), "{html}");
        }
    }
    "signs in again as Alice with an old cookie, and adds a first number" => |w| {
        // A sign-in helps only without a number on file.
        w.ledger.sign_in_at(w.clock.now());
        w.hear(enter(NEW).by(Who::AliceElsewhere)).await.problem(401, "step-up-required");
    }
}
