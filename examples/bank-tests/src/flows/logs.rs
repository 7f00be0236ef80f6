//! The log: its contents, and secrets that it must not contain.

use base64::{Engine, prelude::BASE64_STANDARD as STANDARD};
use mfakit_emulator::{Emulator, Endpoint, Fault};
use serde_json::json;

use crate::{Candidate, browser::other_than, program::Program};

pub async fn the_log_at_trace_contains_no_secret(candidate: &Candidate) {
    const SECRET: &str = "hushhush-client-secret-7391";
    const TOKEN: &str = "hushhush-bearer-token-1937";
    let emulator = Emulator::builder().credentials("the-client-id", SECRET).start().await.unwrap();
    let mut environment = emulator.environment();
    environment.push(("RUST_LOG", "trace".to_owned()));
    let bank = Program::start_with(candidate, &environment).await;

    // Issue a bearer token that the test knows. The service rejects it, and the client requests another.
    let token = json!({"access_token": TOKEN, "token_type": "Bearer", "expires_in": 3600});
    emulator.fail(Fault::on(Endpoint::Token).status(200).body(token));

    let mut secrets = vec![("the client's secret", SECRET.to_owned()), ("a bearer token", TOKEN.to_owned())];
    secrets.push(("the client's secret in base64", STANDARD.encode(format!("the-client-id:{SECRET}"))));
    let mut alice = bank.browser();
    let fields = [("username", "alice"), ("password", "s3same-0pen")];
    alice.submit("/login", "/login", &fields).await;
    secrets.push(("a password", "s3same-0pen".to_owned()));
    alice.log_in("alice").await;
    secrets.push(("a session's cookie", alice.cookies[candidate.name].clone()));

    alice.fetch("/settings").await;
    alice.open("/settings").await;
    let started = alice.post("/mfa/settings/challenge", &json!({"channel": "messaging"})).await;
    let challenge = &started.json()["challenge"];
    let code = emulator.inbox().last().unwrap().code.clone();
    alice.post("/mfa/settings/verify", &json!({"challenge": challenge, "code": other_than(&code)})).await;
    let verified = alice.post("/mfa/settings/verify", &json!({"challenge": challenge, "code": code})).await;
    assert_eq!(verified.status, 200, "{}", verified.body);
    assert_eq!(alice.fetch("/settings").await.status, 200);
    secrets.push(("a grant's cookie", alice.cookies["__Host-mfa-settings"].clone()));
    secrets.push(("the number", "19195551234".to_owned()));
    secrets.push(("the number in national format", "919-555-1234".to_owned()));
    secrets.push(("the challenge", challenge.as_str().unwrap().to_owned()));
    alice.submit("/settings", "/logout", &[]).await;

    let (_, log) = bank.stop().await;
    for source in candidate.log_sources {
        assert!(log.contains(&format!(" {source}")), "{source} logs nothing at TRACE:\n{log}");
    }
    for (what, secret) in secrets {
        let line = log.lines().find(|line| line.contains(&secret));
        assert_eq!(line, None, "the log contains {what}");
    }
    // A port or a duration may contain the six digits of a code by chance, so compare whole numbers only.
    for code in [&code, &other_than(&code)] {
        let alone =
            log.lines().find(|line| line.split(|c: char| !c.is_ascii_digit()).any(|digits| digits == code));
        assert_eq!(alone, None, "the log contains a code");
    }
}

pub async fn the_log_records_the_use_of_the_codes(candidate: &Candidate) {
    let bank = Program::start(candidate).await;
    let mut alice = bank.browser();
    alice.log_in("alice").await;
    alice.fetch("/settings").await;
    alice.step_up("settings", async || bank.last_code().await).await;
    alice.submit("/settings", "/logout", &[]).await;
    let (_, log) = bank.stop().await;
    let events = ["authz_fail", "authn_code_sent", "authn_login_success", "authn_token_revoked"]
        .map(|name| format!("event={name:?}"));
    let found = events.map(|event| log.lines().filter(|line| line.contains(&event)).count());
    assert_eq!(found, [1; 4], "{log}");
    assert!(!log.contains('\u{1b}'), "colors are only for terminals");
}
