//! Ceremonies that begin at one instance and end at the other.

use std::time::Duration;

use bank_tests::{
    browser::other_than,
    ceremony::{start, verify},
};
use http::Method;
use mfakit_emulator::{Endpoint, Fault};

use super::{Framework, on_both, processes::Processes};

on_both!(
    a_code_requested_at_one_instance_is_entered_at_the_other,
    a_repeated_right_code_gets_the_same_cookie_at_the_other_instance,
    two_clicks_at_two_instances_both_get_the_cookie,
    revoking_and_signing_out_at_one_instance_apply_at_once_at_the_other,
    of_two_transfers_with_one_approval_at_two_instances_one_succeeds,
);

async fn a_code_requested_at_one_instance_is_entered_at_the_other(framework: &Framework) {
    let banks = Processes::start(framework).await;
    let (mut at_one, mut at_two) = banks.log_in("alice").await;
    assert_eq!(at_two.open("/account").await.status, 200, "the session is shared");
    let rejected = [at_one.fetch("/settings").await, at_two.fetch("/settings").await];
    assert!(rejected.iter().all(|rejected| rejected.status == 401));

    let started = start(&mut at_one, "settings").await;
    assert_eq!(started.status, 201, "{}", started.body);
    let page = at_two.open("/mfa/settings").await;
    assert!(page.body.contains("We sent a text message to •••34"), "{}", page.body);
    let verified = verify(&mut at_two, "settings", &started, &banks.last_code()).await;
    assert_eq!(verified.status, 200, "{}", verified.body);
    at_one.cookies.clone_from(&at_two.cookies);
    for browser in [&mut at_one, &mut at_two] {
        assert_eq!(browser.fetch("/settings").await.status, 200);
        assert_eq!(browser.fetch("/api/report").await.status, 401, "another scope");
    }
    let drop = at_one.request(Method::DELETE, "/mfa/settings").header("sec-fetch-mode", "cors");
    assert_eq!(at_one.send(drop).await.status, 204);
    let again = verify(&mut at_one, "settings", &started, &banks.last_code()).await;
    assert_eq!(again.status, 410, "a code is accepted once, at whichever instance");
}

async fn a_repeated_right_code_gets_the_same_cookie_at_the_other_instance(framework: &Framework) {
    let banks = Processes::start(framework).await;
    let (mut at_one, mut at_two) = banks.log_in("alice").await;
    let started = start(&mut at_one, "settings").await;
    let code = banks.last_code();
    let wrong = other_than(&code);
    assert_eq!(verify(&mut at_one, "settings", &started, &code).await.status, 200);
    assert_eq!(verify(&mut at_two, "settings", &started, &wrong).await.status, 410);
    assert_eq!(banks.user_state("alice").await.failures, 1, "another code is counted");
    assert_eq!(verify(&mut at_two, "settings", &started, &code).await.status, 200);
    assert_eq!(at_one.cookies["__Host-mfa-settings"], at_two.cookies["__Host-mfa-settings"]);
    assert_eq!(at_two.fetch("/settings").await.status, 200);
    assert_eq!(banks.calls(Endpoint::Verify), 1);
}

async fn two_clicks_at_two_instances_both_get_the_cookie(framework: &Framework) {
    let banks = Processes::start(framework).await;
    let (mut at_one, mut at_two) = banks.log_in("alice").await;
    let started = start(&mut at_one, "settings").await;
    let code = banks.last_code();
    banks.emulator.fail(Fault::on(Endpoint::Verify).delay(Duration::from_millis(500)).times(2));
    let (one, two) = tokio::join!(
        verify(&mut at_one, "settings", &started, &code),
        verify(&mut at_two, "settings", &started, &code)
    );
    assert_eq!((one.status.as_u16(), two.status.as_u16()), (200, 200), "{} {}", one.body, two.body);
    assert_eq!(banks.calls(Endpoint::Verify), 2, "neither call waited for the other");
    assert_eq!(at_one.cookies["__Host-mfa-settings"], at_two.cookies["__Host-mfa-settings"]);
    assert_eq!(at_one.fetch("/settings").await.status, 200);
    assert_eq!(banks.user_state("alice").await.failures, 0);
}

async fn revoking_and_signing_out_at_one_instance_apply_at_once_at_the_other(framework: &Framework) {
    let banks = Processes::start(framework).await;
    let (mut at_one, _) = banks.log_in("alice").await;
    at_one.step_up("settings", async || banks.last_code()).await;
    let mut at_two = at_one.at(&banks.two.address);
    assert_eq!(at_two.fetch("/settings").await.status, 200);
    let drop = at_one.clone().request(Method::DELETE, "/mfa/settings").header("sec-fetch-mode", "cors");
    assert_eq!(at_one.clone().send(drop).await.status, 204);
    assert_eq!(at_two.fetch("/settings").await.status, 401, "the same cookie is no longer valid");

    at_one.step_up("settings", async || banks.last_code()).await;
    let mut at_two = at_one.at(&banks.two.address);
    let grant = at_one.cookies["__Host-mfa-settings"].clone();
    assert_eq!(at_two.fetch("/settings").await.status, 200);
    assert_eq!(at_one.clone().submit("/account", "/logout", &[]).await.status, 303);
    let rejected = at_two.fetch("/settings").await;
    assert_eq!(
        (rejected.status.as_u16(), rejected.header("www-authenticate")),
        (401, "Bearer"),
        "signed out"
    );
    at_two.log_in("alice").await;
    assert_eq!(at_two.cookies["__Host-mfa-settings"], grant, "the cookie is still there");
    assert_eq!(at_two.fetch("/settings").await.status, 401, "the session of the grant has ended");
}

async fn of_two_transfers_with_one_approval_at_two_instances_one_succeeds(framework: &Framework) {
    let banks = Processes::start(framework).await;
    let (mut at_one, _) = banks.log_in("alice").await;
    at_one.approve(("1", "bob"), async || banks.last_code()).await;
    let mut at_two = at_one.at(&banks.two.address);
    let order = [("amount", "1"), ("payee", "bob")];
    let (one, two) = tokio::join!(
        at_one.submit("/account", "/transfer", &order),
        at_two.submit("/account", "/transfer", &order)
    );
    let mut led_to = [one.location(), two.location()];
    led_to.sort_unstable();
    assert_eq!(led_to[0], "/account");
    assert!(led_to[1].starts_with("/mfa/transfer?"), "{led_to:?}");
}
