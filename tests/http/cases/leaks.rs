//! No secret is logged, shown by `Debug` or sent in an answer [CODE-7, LOG-2].

use std::fmt::Debug;

use mfakit::{
    Channel, Code, LoginId, Mfa, Scope, Secret, StartRequest, Subject, provider::ProviderErrorKind,
};
use mfakit_core::adapter::MfaExt as _;

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    faults::Fault,
    world::{ALICES_NUMBER, Page, World},
};

/// Secrets that must not be found, each with a name.
#[derive(Default)]
struct Secrets(Vec<(&'static str, String)>);

impl Secrets {
    fn keep(&mut self, name: &'static str, secret: impl Into<String>) {
        let secret = secret.into();
        assert!(secret.len() >= 6, "{name} is too short to be looked for");
        self.0.push((name, secret));
    }

    fn are_not_in(&self, text: &str, place: &str) {
        for (name, secret) in &self.0 {
            if let Some(at) = text.find(secret) {
                let around: String =
                    text[..at].chars().rev().take(120).collect::<Vec<_>>().into_iter().rev().collect();
                panic!("{name} is in {place}, after {around:?}");
            }
        }
    }
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        case("no secret of a whole ceremony is in the log at its most verbose level", |w| async move {
            let secrets = ceremony(&w).await;
            let log = w.log.text();
            for event in [
                "authn_code_sent",
                "authn_login_fail",
                "authn_login_successafterfail",
                "authz_fail",
                "malicious_csrf",
                "authn_token_revoked",
            ] {
                assert!(log.contains(event), "the log heard of it: {event}");
            }
            secrets.are_not_in(&log, "the log");
            assert!(!log.contains("session=alice"), "nor is a session");
        }),
        case("no secret is in the log when everything fails", |w| async move {
            let mut secrets = Secrets::default();
            secrets.keep("the number", &ALICES_NUMBER[1..]);
            let started = w.start(Who::Alice, "pay").await;
            secrets.keep("the code", &started.code);
            secrets.keep("the challenge", &started.challenge);
            secrets.keep("the provider's scope", &w.provider.inner.inbox()[0].scope);
            for kind in [ProviderErrorKind::Failed, ProviderErrorKind::Answer, ProviderErrorKind::Request] {
                w.provider.inner.fail_next_verify(kind);
                w.type_code(Who::Alice, "pay", &started.challenge, &started.code).await.status(502);
            }
            for (fault, status) in [(Fault::Errs, 503), (Fault::Panics, 500)] {
                w.store.fault.set(fault);
                w.type_code(Who::Alice, "pay", &started.challenge, &started.code).await.status(status);
                w.hear(Ask::get("/mfa/pay").navigating().by(Who::Alice)).await.status(status);
                w.store.fault.set(Fault::None);
                w.phones.fault.set(fault);
                w.type_code(Who::Alice, "pay", &started.challenge, &started.code).await.status(status);
                w.phones.fault.set(Fault::None);
            }
            w.provider.fault.set(Fault::Panics);
            w.type_code(Who::Alice, "pay", &started.challenge, &started.code).await.status(500);
            assert!(
                w.log.text().contains("sys_provider_failed") && w.log.text().contains("sys_store_failed")
            );
            secrets.are_not_in(&w.log.text(), "the log");
        }),
        case("no secret is in anything that an app can print", |w| async move {
            let mut secrets = Secrets::default();
            secrets.keep("the number", &ALICES_NUMBER[1..]);
            let login: LoginId = "00000000000000000000000000000001".parse().unwrap();
            secrets.keep("the session", login.to_string());
            secrets.keep("the secret", "a secret of thirty-two bytes or more");
            let alice = Subject::cookie("alice", login);
            let pay = Scope::new("pay").unwrap();
            let started = w.mfa.start(&alice, StartRequest::new(pay, Channel::Messaging)).await.unwrap();
            let sent = w.provider.inner.inbox().remove(0);
            secrets.keep("the code", &sent.code);
            secrets.keep("the provider's scope", &sent.scope);
            secrets.keep("the challenge", started.id.encode());
            let mut shown = Shown::default();
            shown.add(&started);
            shown.add(&w.mfa.situation(&alice, &mfakit::Requirement::new(pay), None).await.unwrap());
            shown.add(&w.mfa.start(&alice, StartRequest::new(pay, Channel::Messaging)).await.unwrap_err());
            let key = mfakit::store::Key::unbound(alice.user(), &login, &pay);
            let now = mfakit::Clock::now(&w.clock);
            shown.add(&mfakit::MfaStore::user_state(&w.store.memory, alice.user(), now).await.unwrap());
            let code = Code::parse(&sent.code).unwrap();
            shown.add(&code);
            let verified = w.mfa.verify(&alice, &pay, &started.id, &code).await.unwrap();
            let token = verified.token.as_ref().unwrap();
            secrets.keep("the grant cookie", token.expose());
            shown.add(&verified);
            let grant = mfakit::MfaStore::grant(&w.store.memory, key).await.unwrap().unwrap();
            shown.add(&grant);
            let decision =
                w.mfa.check(Some(&alice), &mfakit::Requirement::new(pay), Some(token)).await.unwrap();
            shown.add(&decision);
            shown.add(&(&w.mfa, w.mfa.keys(), w.mfa.site(), w.mfa.policy()));
            shown.add(&(&alice, &login, &sent.to, sent.to.to_string(), token, &code));
            shown.add(&Secret::new("a secret of thirty-two bytes or more").unwrap());
            shown.add(
                &Mfa::builder(w.provider.clone(), "https://bank.example")
                    .secret(Secret::new("a secret of thirty-two bytes or more").unwrap()),
            );
            shown.add(&w.store);
            secrets.are_not_in(&shown.0, "Debug");
        }),
    ]
}

/// Returns the `Debug` output and its pretty form.
#[derive(Default)]
struct Shown(String);

impl Shown {
    fn add(&mut self, value: &impl Debug) {
        self.0 += &format!("{value:?}\n{value:#?}\n");
    }
}

/// Runs a ceremony with everything that can happen in one, in a browser and by scripts.
async fn ceremony(w: &World) -> Secrets {
    let mut secrets = Secrets::default();
    secrets.keep("the number", &ALICES_NUMBER[1..]);
    let rejected = w.hear(Ask::get("/settings?tab=2").by(Who::Alice).navigating()).await;
    secrets.keep("the signed target", rejected.goes_to_page("settings"));
    let page = w.page(Who::Alice, rejected.header("location").unwrap()).await;
    secrets.keep("the form token", &page.token);
    let ask = Ask::form("/mfa/settings/challenge", &page.fields("channel=messaging"));
    w.hear(ask.by(Who::Alice)).await.status(303);
    w.ask_for_code(Who::Alice, "settings").await.status(429);
    let page = w.page(Who::Alice, "/mfa/settings").await;
    let wrong = if w.last_code() == "000000" { "000001" } else { "000000" };
    secrets.keep("the wrong code", wrong);
    let ask = Ask::form("/mfa/settings/verify", &page.fields(&format!("code={wrong}")));
    let page = Page::read(w.hear(ask.by(Who::Alice)).await.page(422));
    secrets.keep("the challenge", page.challenge.as_ref().unwrap());
    let forged = Ask::post("/mfa/settings/verify").header("sec-fetch-site", "cross-site");
    w.hear(forged.urlencoded(&page.fields(&format!("code={}", w.last_code()))).by(Who::Alice))
        .await
        .status(403);
    let ask = Ask::form("/mfa/settings/verify", &page.fields(&format!("code={}", w.last_code())));
    let granted = w.hear(ask.by(Who::Alice)).await;
    let cookie = granted.goes_to("/settings?tab=2").cookie();
    secrets.keep("the grant cookie", cookie.split_once('=').unwrap().1);
    w.hear(Ask::get("/settings?tab=2").by(Who::Alice).cookie(&cookie)).await.passed();
    w.hear(Ask::get("/settings").by(Who::Bob).cookie(&cookie)).await.untouched().status(401);
    let challenge = page.challenge.as_ref().unwrap();
    w.type_code(Who::Alice, "settings", challenge, &w.last_code()).await.status(200);
    w.type_code(Who::Alice, "settings", challenge, wrong).await.status(410);
    w.elevate(Who::AliceByToken, "pay").await;
    secrets.keep("the bearer token", "alice-token");
    let ask = Ask::new("DELETE", "/mfa/settings").same_origin();
    w.hear(ask.by(Who::Alice).cookie(&cookie)).await.status(204);
    for sent in w.provider.inner.inbox() {
        secrets.keep("a code", sent.code);
        secrets.keep("the provider's scope", sent.scope);
    }
    secrets
}
