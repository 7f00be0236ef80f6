//! Outages of the Redis that both instances share.

use bank_tests::{
    browser::Browser,
    ceremony::{start, verify},
};
use futures_util::future::join_all;

use super::{
    Framework, on_both,
    processes::{Processes, until},
};
use crate::server::RedisServer;

on_both!(
    while_redis_is_down_requests_are_rejected_and_afterward_they_continue,
    after_redis_loses_its_data_users_sign_in_again,
);

async fn while_redis_is_down_requests_are_rejected_and_afterward_they_continue(framework: &Framework) {
    let mut banks = Processes::start_on(framework, RedisServer::persistent().await).await;
    let (mut at_one, _) = banks.log_in("alice").await;
    at_one.step_up("settings", async || banks.last_code()).await;
    let started = start(&mut at_one, "reports").await;
    assert_eq!(started.status, 201, "{}", started.body);
    let code = banks.last_code();
    let mut at_two = at_one.at(&banks.two.address);

    banks.redis.kill();
    tokio::join!(every_guard_rejects(&at_one), every_guard_rejects(&at_two));
    assert_eq!(verify(&mut at_two, "reports", &started, &code).await.status, 503);
    banks.redis.restart().await;
    for browser in [&mut at_one, &mut at_two] {
        until("the grant is valid again", async || browser.fetch("/settings").await.status == 200).await;
    }
    let verified = verify(&mut at_two, "reports", &started, &code).await;
    assert_eq!(verified.status, 200, "the code is still accepted: {}", verified.body);

    banks.redis.pause();
    tokio::join!(every_guard_rejects(&at_one), every_guard_rejects(&at_two));
    banks.redis.resume();
    for browser in [&mut at_one, &mut at_two] {
        until("the grant is valid again", async || browser.fetch("/settings").await.status == 200).await;
    }
}

async fn after_redis_loses_its_data_users_sign_in_again(framework: &Framework) {
    let mut banks = Processes::start(framework).await;
    let (mut at_one, _) = banks.log_in("alice").await;
    at_one.step_up("settings", async || banks.last_code()).await;
    banks.redis.kill();
    banks.redis.restart().await;
    let mut at_two = at_one.at(&banks.two.address);
    until("Redis is found again", async || at_two.fetch("/settings").await.status == 401).await;
    assert_eq!(at_two.fetch("/settings").await.header("www-authenticate"), "Bearer", "no user is signed in");
    at_two.log_in("alice").await;
    until("the grant is lost too", async || at_two.fetch("/settings").await.status == 401).await;
    at_two.step_up("settings", async || banks.last_code()).await;
    assert_eq!(at_two.fetch("/settings").await.status, 200);
}

/// Checks that every guard rejects with a retry time, and that public pages still work.
async fn every_guard_rejects(browser: &Browser) {
    // All requests run concurrently, because each may wait two seconds for Redis.
    let guarded = join_all(["/settings", "/api/report"].map(async |path| {
        let (mut script, mut page) = (browser.clone(), browser.clone());
        let (fetched, opened) = tokio::join!(script.fetch(path), page.open(path));
        for rejected in [fetched, opened] {
            assert_eq!(rejected.status, 503, "{path}: {}", rejected.body);
            assert!(!rejected.header("retry-after").is_empty(), "{path}");
            assert_eq!(rejected.header("cache-control"), "no-store", "{path}");
        }
    }));
    let transfer = async {
        let order = [("amount", "1"), ("payee", "bob")];
        assert_eq!(browser.clone().submit("/account", "/transfer", &order).await.status, 503);
    };
    let sign_in = async {
        let mut newcomer = browser.clone();
        newcomer.cookies.clear();
        assert_eq!(newcomer.open("/login").await.status, 200);
        assert_eq!(
            newcomer.fetch("/settings").await.status,
            401,
            "a request without a session is unauthenticated"
        );
        let fields = [("username", "alice"), ("password", "alice")];
        let rejected = newcomer.submit("/login", "/login", &fields).await;
        assert_eq!((rejected.status.as_u16(), newcomer.cookies.len()), (503, 0), "{}", rejected.body);
    };
    tokio::join!(guarded, transfer, sign_in);
}
