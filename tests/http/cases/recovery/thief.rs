//! Ways in which a thief of a session tries to recover the number [ENROL-1, GRANT-7].

use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use mfakit::{RecoveryBook as _, RecoveryRecord, UserId};
use serde_json::{Value, json};

use super::{codes, make, recover};
use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    cases::numbers::{NEW, enter, fill, remove},
    world::{ALICES_NUMBER, World},
};

type Way = fn(Rc<World>) -> LocalBoxFuture<'static, ()>;

macro_rules! ways {
    ($($name:literal => |$w:ident| $body:block)+) => {
        const WAYS: &[(&str, Way)] = &[$(($name, |$w| Box::pin(async move $body))),+];
    };
}

pub(super) fn cases() -> Vec<Case> {
    let tried = |(name, way): &(&'static str, Way)| {
        let way = *way;
        case(format!("a thief recovers no number: {name}"), move |w| async move {
            way(w.clone()).await;
            assert_eq!(w.on_file("alice").as_deref(), Some(ALICES_NUMBER));
            assert!(!w.log.text().contains("number replaced"), "{}", w.log.text());
        })
    };
    WAYS.iter().map(tried).collect()
}

ways! {
    "guesses codes" => |w| {
        w.alice_made_codes().await;
        for code in ["0000-0000-0000-0000", "ZZZZ-ZZZZ-ZZZZ-ZZZZ", "", "null", "%00"] {
            assert!(w.hear(recover(code).by(Who::Alice)).await.status >= 400);
        }
        assert!(!w.may_replace(Who::Alice).await);
    }
    "uses the codes of the thief's own account" => |w| {
        let cookie = w.manage(Who::Bob).await;
        let own = w.hear(make().by(Who::Bob).cookie(cookie)).await.status(200).value();
        w.alice_made_codes().await;
        w.hear(recover(own["codes"][0].as_str().unwrap()).by(Who::Alice)).await.problem(422, "recovery-rejected");
        assert!(!w.may_replace(Who::Alice).await);
    }
    "pastes the thief's own record over Alice's" => |w| {
        let cookie = w.manage(Who::Bob).await;
        let own = w.hear(make().by(Who::Bob).cookie(cookie)).await.status(200).value();
        let record = w.recovery.inner.read(&UserId::from("bob")).await.unwrap();
        w.recovery.inner.set("alice", record);
        w.hear(recover(own["codes"][0].as_str().unwrap()).by(Who::Alice)).await.problem(422, "recovery-rejected");
        assert!(!w.may_replace(Who::Alice).await);
    }
    "rides on the code that Alice used in her own session" => |w| {
        let made = w.alice_made_codes().await;
        let hers = w.recovers(Who::AliceElsewhere, &made[0]).await;
        for cookie in ["", &hers] {
            assert!(!w.may_replace_with(Who::Alice, cookie).await);
            assert!(!w.may_replace_with(Who::AliceByToken, cookie).await);
        }
    }
    "uses the session in another browser than the one in which Alice entered a code" => |w| {
        let made = w.alice_made_codes().await;
        let hers = w.recovers(Who::Alice, &made[0]).await;
        let waiting = w.enters(Who::Alice, NEW, &hers).await;
        let seen = w.numbers(Who::Alice, "").await;
        assert_eq!((&seen["may_change"], &seen["reason"]), (&false.into(), &"step-up-required".into()));
        assert_eq!((&seen["may_change_for"], &seen["pending"]), (&Value::Null, &Value::Null), "{seen}");
        let resend = w.numbers(Who::Alice, &hers).await["pending"]["challenge_url"].clone();
        assert!(!w.may_replace(Who::Alice).await);
        let ask = Ask::json(resend.as_str().unwrap(), &json!({ "channel": "messaging" }));
        w.hear(ask.by(Who::Alice)).await.problem(401, "step-up-required");
        w.confirms(Who::Alice, &waiting, "").await.problem(401, "step-up-required");
        let page = w.page(Who::Alice, "/mfa/number").await;
        w.hear(fill(&page, NEW).by(Who::Alice)).await.goes_to_page("mfakit.manage");
    }
    "makes up the cookie of the browser in which Alice entered a code" => |w| {
        let made = w.alice_made_codes().await;
        let cookie = w.manage(Who::Bob).await;
        let own = codes(&w.hear(make().by(Who::Bob).cookie(cookie)).await.status(200).value());
        let own = w.recovers(Who::Bob, &own[0]).await;
        let earlier = w.recovers(Who::Alice, &made[0]).await;
        let hers = w.recovers(Who::Alice, &made[1]).await;
        let pays = w.elevate(Who::Bob, "pay").await;
        for (name, cookie) in [
            ("zeros", format!("__Host-mfa-mfakit.recover={}", "A".repeat(43))),
            ("empty", "__Host-mfa-mfakit.recover=".to_owned()),
            ("the thief's own", own),
            ("an earlier one", earlier),
            ("a grant", pays.replace("__Host-mfa-pay", "__Host-mfa-mfakit.recover")),
            ("under the name of the grant", hers.replace("mfakit.recover", "mfakit.manage")),
            ("cut", hers[..hers.len() - 1].to_owned()),
            ("twice", format!("{hers}; {hers}")),
        ] {
            assert!(!w.may_replace_with(Who::Alice, &cookie).await, "{name}");
        }
        assert!(w.may_replace_with(Who::Alice, &hers).await, "the owner's is still good");
    }
    "repeats the code that Alice used" => |w| {
        let made = w.alice_made_codes().await;
        w.hear(recover(&made[0]).by(Who::AliceElsewhere)).await.status(200);
        w.hear(recover(&made[0]).by(Who::Alice)).await.problem(422, "recovery-rejected");
        assert!(!w.may_replace(Who::Alice).await);
    }
    "sends Alice's browser a form or JSON of another site" => |w| {
        let made = w.alice_made_codes().await;
        let token = w.page(Who::Alice, "/mfa/number").await.token;
        let cookie = w.manage(Who::Alice).await;
        for target in ["/mfa/number/recover", "/mfa/number/codes"] {
            let body = format!("token={token}&code={}", made[0]);
            let form = Ask::post(target).header("sec-fetch-site", "cross-site").urlencoded(&body);
            let json = Ask::json_from_anywhere(target, &json!({ "code": made[0] }));
            let foreign = json.clone().header("origin", "https://evil.example");
            for ask in [form, json, foreign] {
                w.hear(ask.by(Who::Alice).cookie(&*cookie)).await.problem(403, "cross-site");
            }
        }
        assert!(!w.may_replace(Who::Alice).await);
    }
    "sends a form with the token of another page, session or user" => |w| {
        let made = w.alice_made_codes().await;
        let cookie = w.manage(Who::Alice).await;
        let pay = w.page(Who::Alice, "/mfa/pay").await.token;
        let elsewhere = w.page(Who::AliceElsewhere, "/mfa/number").await.token;
        let own = w.page(Who::Bob, "/mfa/number").await.token;
        for token in ["", "AAAA", &pay, &elsewhere, &own] {
            for target in ["/mfa/number/recover", "/mfa/number/codes"] {
                let form = Ask::form(target, &format!("token={token}&code={}", made[0]));
                w.hear(form.by(Who::Alice).cookie(&*cookie)).await.status(403);
            }
        }
        assert!(!w.may_replace(Who::Alice).await);
    }
    "makes codes without a code to the number" => |w| {
        w.manage(Who::Alice).await;
        w.hear(make().by(Who::Alice)).await.problem(401, "step-up-required");
        let elsewhere = w.manage(Who::AliceElsewhere).await;
        w.hear(make().by(Who::Alice).cookie(elsewhere)).await.problem(401, "step-up-required");
        let pays = w.elevate(Who::Alice, "pay").await;
        let renamed = pays.replace("__Host-mfa-pay", "__Host-mfa-mfakit.manage");
        w.hear(make().by(Who::Alice).cookie(renamed)).await.problem(401, "step-up-required");
    }
    "removes the number, or makes codes, with an opening" => |w| {
        let made = w.alice_made_codes().await;
        let opened = w.recovers(Who::Alice, &made[0]).await;
        for cookie in [&*opened, &opened.replace("mfakit.recover", "mfakit.manage")] {
            w.hear(remove().by(Who::Alice).cookie(cookie)).await.problem(401, "step-up-required");
            w.hear(make().by(Who::Alice).cookie(cookie)).await.problem(401, "step-up-required");
        }
    }
    "passes a guard with an opening" => |w| {
        let made = w.alice_made_codes().await;
        let opened = w.recovers(Who::Alice, &made[0]).await;
        for cookie in [&*opened, &opened.replace("mfakit.recover", "pay")] {
            let ask = Ask::form("/pay", "amount=1").by(Who::Alice).cookie(cookie);
            w.hear(ask).await.untouched().goes_to_page("pay");
        }
    }
    "replaces the number without the code to the new one" => |w| {
        let made = w.alice_made_codes().await;
        let opened = w.recovers(Who::Alice, &made[0]).await;
        let mut entered = w.enters(Who::Alice, NEW, &opened).await;
        entered.code = if entered.code == "000000" { "000001" } else { "000000" }.to_owned();
        w.confirms(Who::Alice, &entered, &opened).await.problem(422, "wrong-code");
    }
    "keeps a tab from before new codes were made" => |w| {
        let made = w.alice_made_codes().await;
        let opened = w.recovers(Who::Alice, &made[0]).await;
        let entered = w.enters(Who::Alice, NEW, &opened).await;
        w.advance(60);
        w.alice_made_codes().await;
        w.confirms(Who::Alice, &entered, &opened).await.problem(401, "step-up-required");
        w.hear(recover(&made[1]).by(Who::Alice)).await.problem(422, "recovery-rejected");
    }
    "keeps a tab until the opening has ended" => |w| {
        let made = w.alice_made_codes().await;
        let opened = w.recovers(Who::Alice, &made[0]).await;
        w.advance(400);
        let entered = w.enters(Who::Alice, NEW, &opened).await;
        w.advance(200);
        w.confirms(Who::Alice, &entered, &opened).await.problem(401, "step-up-required");
    }
    "sets the record back to one from before a code was used" => |w| {
        let made = w.alice_made_codes().await;
        let backup = w.recovery.inner.find(&UserId::from("alice"));
        w.hear(recover(&made[0]).by(Who::AliceElsewhere)).await.status(200);
        w.recovery.inner.set("alice", backup);
        w.hear(recover(&made[0]).by(Who::Alice)).await.problem(422, "recovery-rejected");
        assert!(!w.may_replace(Who::Alice).await);
    }
    "sets the record back to one with an opening that support revoked" => |w| {
        w.mfa.recovery().allow(&"alice".into()).await.unwrap().unwrap();
        let backup = w.recovery.inner.find(&UserId::from("alice"));
        w.mfa.recovery().revoke(&"alice".into()).await.unwrap();
        w.recovery.inner.set("alice", backup);
        w.advance(25 * 60 * 60);
        w.ledger.sign_in_at(w.mfa.now());
        assert!(!w.may_replace(Who::Alice).await);
    }
    "edits the record" => |w| {
        w.alice_made_codes().await;
        let record = w.recovery.inner.find(&UserId::from("alice")).unwrap();
        let flipped = if record.as_str().starts_with('A') { "B" } else { "A" };
        w.recovery.inner.set("alice", RecoveryRecord::from_text(format!("{flipped}{}", &record.as_str()[1..])));
        assert!(!w.may_replace(Who::Alice).await);
    }
    "waits for what support allowed, while Alice enters a code" => |w| {
        w.mfa.recovery().allow(&"alice".into()).await.unwrap().unwrap();
        w.elevate(Who::AliceElsewhere, "pay").await;
        w.advance(25 * 60 * 60);
        w.ledger.sign_in_at(w.mfa.now());
        assert!(!w.may_replace(Who::Alice).await);
    }
    "does not wait for what support allowed" => |w| {
        w.mfa.recovery().allow(&"alice".into()).await.unwrap().unwrap();
        w.advance(23 * 60 * 60);
        w.ledger.sign_in_at(w.mfa.now());
        w.hear(enter(NEW).by(Who::Alice)).await.problem(401, "step-up-required");
    }
    "uses what support allowed in an old session" => |w| {
        w.mfa.recovery().allow(&"alice".into()).await.unwrap().unwrap();
        w.advance(25 * 60 * 60);
        w.hear(enter(NEW).by(Who::Alice)).await.problem(401, "step-up-required");
    }
    "makes up a notice" => |w| {
        let html = w.number_page(Who::Alice, "/mfa/number?notice=recovered", "").await.page(200);
        assert!(!html.contains("mfa-good"), "{html}");
    }
}
