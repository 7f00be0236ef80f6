//! Many concurrent requests, over both instances.

use bank_tests::{
    browser::{Answer, Browser, other_than},
    ceremony::{start, verify},
};
use futures_util::future::join_all;
use mfakit_emulator::Endpoint;

use super::{Framework, on_both, processes::Processes};

on_both!(
    of_two_hundred_wrong_codes_five_reach_the_provider,
    of_a_hundred_right_codes_all_get_one_cookie_and_none_is_a_failure,
    only_one_of_twenty_starts_sends,
    only_one_of_twenty_starts_in_twenty_sessions_sends,
);

/// Repeats a call from this browser, at both instances in turn.
async fn many(
    browser: &Browser,
    banks: &Processes,
    count: usize,
    call: impl AsyncFn(&mut Browser) -> Answer,
) -> Vec<Answer> {
    let call = &call;
    join_all((0..count).map(|n| {
        let address = if n % 2 == 0 { &banks.one.address } else { &banks.two.address };
        let mut browser = browser.at(address);
        async move { call(&mut browser).await }
    }))
    .await
}

async fn of_two_hundred_wrong_codes_five_reach_the_provider(framework: &Framework) {
    let banks = Processes::start(framework).await;
    let (mut alice, _) = banks.log_in("alice").await;
    let started = start(&mut alice, "settings").await;
    let code = banks.last_code();
    let guess = other_than(&code);
    let answers =
        many(&alice, &banks, 200, async |browser| verify(browser, "settings", &started, &guess).await).await;
    assert_eq!(banks.calls(Endpoint::Verify), 5);
    let (counted, late): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 422);
    let mut left: Vec<_> = counted.iter().map(|answer| answer.json()["attempts_left"].as_u64()).collect();
    left.sort_unstable();
    assert_eq!(left, [0, 1, 2, 3, 4].map(Some));
    assert!(late.iter().all(|answer| answer.status == 410));
    assert_eq!(
        verify(&mut alice, "settings", &started, &code).await.status,
        410,
        "the right code is too late"
    );
    assert_eq!((banks.calls(Endpoint::Verify), banks.user_state("alice").await.failures), (5, 5));
}

async fn of_a_hundred_right_codes_all_get_one_cookie_and_none_is_a_failure(framework: &Framework) {
    let banks = Processes::start(framework).await;
    let (mut alice, _) = banks.log_in("alice").await;
    let started = start(&mut alice, "settings").await;
    let code = banks.last_code();
    let answers =
        many(&alice, &banks, 100, async |browser| verify(browser, "settings", &started, &code).await).await;
    assert!(banks.calls(Endpoint::Verify) <= 2, "at most once at each instance");
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    let cookie = |answer: &Answer| answer.header("set-cookie").split(';').next().unwrap().to_owned();
    let cookies: Vec<_> = answers.iter().map(cookie).collect();
    assert!(cookies.iter().all(|other| *other == cookies[0]), "one grant, one cookie: {cookies:?}");
    let grant = cookies[0].split_once('=').unwrap();
    alice.cookies.insert(grant.0.to_owned(), grant.1.to_owned());
    for address in [&banks.one.address, &banks.two.address] {
        assert_eq!(alice.at(address).fetch("/settings").await.status, 200);
    }
    assert_eq!(banks.user_state("alice").await.failures, 0);
    alice.step_up("reports", async || banks.last_code()).await;
}

async fn only_one_of_twenty_starts_sends(framework: &Framework) {
    let banks = Processes::start(framework).await;
    let (alice, _) = banks.log_in("alice").await;
    let answers = many(&alice, &banks, 20, async |browser| start(browser, "settings").await).await;
    one_was_sent(&banks, &answers);
}

async fn only_one_of_twenty_starts_in_twenty_sessions_sends(framework: &Framework) {
    let banks = Processes::start(framework).await;
    let mut browsers = Vec::new();
    for n in 0..20 {
        let (at_one, at_two) = banks.log_in("alice").await;
        browsers.push(if n % 2 == 0 { at_one } else { at_two });
    }
    let starts = browsers.iter_mut().map(|browser| start(browser, "settings"));
    let answers = join_all(starts).await;
    one_was_sent(&banks, &answers);
}

fn one_was_sent(banks: &Processes, answers: &[Answer]) {
    let sent = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!((sent, banks.calls(Endpoint::Messaging), banks.emulator.inbox().len()), (1, 1, 1));
    for rejected in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(rejected.status, 429, "{}", rejected.body);
        let wait: u64 = rejected.header("retry-after").parse().unwrap();
        // The wait is rounded up, and starts when the request arrived. The request may have waited for a faster one.
        assert!((25..=31).contains(&wait), "{wait}");
    }
}
