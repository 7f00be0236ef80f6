//! Tests with a manual clock, and with failures of Bandwidth.

use std::time::Duration;

use bank::{Bank, emulated::client_of, start_up::listen, step_up::step_up};
use mfakit::{
    Clock as _, Mfa, MfaProvider, SystemClock,
    testing::{ManualClock, TestProvider},
};
use mfakit_emulator::{Emulator, Endpoint, Fault};
use serde_json::json;

use crate::{Candidate, browser::Browser};

/// Age of a sign-in at which it is too old to add a number: the default of the policy.
const FRESH: Duration = Duration::from_secs(10 * 60);

pub async fn settings_prompt_again_after_five_minutes_and_reports_after_ten(candidate: &Candidate) {
    let clock = ManualClock::new();
    let (address, mfa) = serve(candidate, TestProvider::new(), &clock);
    let mut alice = Browser::new(&address);
    alice.log_in("alice").await;
    for scope in ["settings", "reports"] {
        mfa.testing().grant_user("alice", scope);
    }

    clock.advance(Duration::from_secs(4 * 60 + 50));
    assert_eq!(alice.fetch("/settings").await.status, 200);
    clock.advance(Duration::from_secs(20));
    let refused = alice.fetch("/settings").await;
    assert_eq!((refused.status.as_u16(), &refused.json()["reason"]), (401, &"expired".into()));
    clock.advance(Duration::from_secs(4 * 60 + 40));
    assert_eq!(alice.fetch("/api/report").await.status, 200);
    clock.advance(Duration::from_secs(20));
    assert_eq!(alice.fetch("/api/report").await.status, 401);
    // Submit from the page that an invalid order returned, whose URL is that of the POST.
    let refused = alice.submit("/transfer", "/transfer", &[("amount", "1"), ("payee", "bob")]).await;
    assert!(refused.location().starts_with("/mfa/transfer?"), "{}", refused.location());
    assert_eq!(alice.open("/transfer").await.location(), "/account");
}

pub async fn when_bandwidth_fails_a_user_can_try_again_but_does_not_pass_without_a_code(
    candidate: &Candidate,
) {
    let emulator = Emulator::builder().start().await.unwrap();
    let (address, _) = serve(candidate, client_of(&emulator).unwrap(), &ManualClock::new());
    let mut alice = Browser::new(&address);
    alice.log_in("alice").await;
    emulator.fail(Fault::on(Endpoint::Messaging).status(500));
    let page = alice.open("/mfa/settings").await;
    let fields = [("token", page.hidden("token")), ("channel", "messaging")];
    let failed = alice.submit("/mfa/settings", "/mfa/settings/challenge", &fields).await;
    assert_eq!(failed.status, 502, "{}", failed.body);
    assert_eq!(alice.fetch("/settings").await.status, 401);
}

pub async fn after_an_old_sign_in_a_customer_signs_in_again_and_adds_a_number(candidate: &Candidate) {
    let (provider, clock) = (TestProvider::new(), ManualClock::new());
    let (address, _) = serve(candidate, provider.clone(), &clock);
    let mut carol = Browser::new(&address);
    carol.log_in("carol").await;
    // Sign-ins follow the clock of the system. From now on, the first one is too old, and a later one is not.
    clock.set(SystemClock.now() + FRESH);
    tokio::time::sleep(Duration::from_millis(20)).await;
    let page = carol.open("/mfa/number").await;
    for part in ["data-mfa-state=\"sign-in-too-old\"", "within 10 minutes of signing in", "href=\"/login\""] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    assert!(!page.body.contains("name=\"number\""), "{}", page.body);
    let entered = json!({ "number": "2025550123", "channel": "messaging" });
    let refused = carol.post("/mfa/number", &entered).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["max_age"]), (401, &600.into()), "{}", refused.body);

    let form = carol.open("/login").await;
    assert!(form.body.contains("name=\"password\""), "{}", form.body);
    carol.log_in("carol").await;
    let page = carol.open("/mfa/number").await;
    let fields = [("number", "(202) 555-0123"), ("channel", "messaging")];
    let sent = carol.send_form(&page, "/mfa/number", &fields).await;
    let page = carol.open(sent.location()).await;
    let code = provider.last_code().unwrap();
    let confirmed = carol.send_form(&page, "/mfa/mfakit.enroll/verify", &[("code", &code)]).await;
    let page = carol.open(confirmed.location()).await;
    assert!(page.body.contains("is confirmed.") && page.body.contains("•••23"), "{}", page.body);
}

/// Serves the bank on a free port, with this provider and this clock. Returns its address and its engine.
fn serve(candidate: &Candidate, provider: impl MfaProvider, clock: &ManualClock) -> (String, Mfa) {
    let listener = listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let bank = Bank::open().unwrap();
    let mfa = step_up(provider, address.port(), &bank).clock(clock.clone()).build().unwrap();
    (candidate.serve)(listener, bank, mfa.clone());
    (format!("http://{address}"), mfa)
}
