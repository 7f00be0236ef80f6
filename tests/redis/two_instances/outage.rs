//! Redis goes away under both instances, and comes back.

use bank_tests::browser::Browser;
use futures_util::future::join_all;

use super::{
    Framework, on_both,
    processes::{Processes, start, until, verify},
};
use crate::server::RedisServer;

on_both!(
    while_redis_is_away_nobody_passes_and_afterwards_it_goes_on_where_it_was,
    a_redis_that_forgets_lets_nobody_in_and_everybody_log_in_again,
);

async fn while_redis_is_away_nobody_passes_and_afterwards_it_goes_on_where_it_was(framework: &Framework) {
    let mut banks = Processes::start_on(framework, RedisServer::persistent().await).await;
    let (mut at_one, _) = banks.log_in("alice").await;
    at_one.step_up("settings", async || banks.last_code()).await;
    let started = start(&mut at_one, "reports").await;
    assert_eq!(started.status, 201, "{}", started.body);
    let code = banks.last_code();
    let mut at_two = at_one.at(&banks.two.address);

    banks.redis.kill();
    tokio::join!(nobody_passes(&at_one), nobody_passes(&at_two));
    assert_eq!(verify(&mut at_two, "reports", &started, &code).await.status, 503);
    banks.redis.restart().await;
    for browser in [&mut at_one, &mut at_two] {
        until("it is as before", async || browser.fetch("/settings").await.status == 200).await;
    }
    let verified = verify(&mut at_two, "reports", &started, &code).await;
    assert_eq!(verified.status, 200, "the code was not tried in vain: {}", verified.body);

    banks.redis.pause();
    tokio::join!(nobody_passes(&at_one), nobody_passes(&at_two));
    banks.redis.resume();
    for browser in [&mut at_one, &mut at_two] {
        until("it is as before", async || browser.fetch("/settings").await.status == 200).await;
    }
}

async fn a_redis_that_forgets_lets_nobody_in_and_everybody_log_in_again(framework: &Framework) {
    let mut banks = Processes::start(framework).await;
    let (mut at_one, _) = banks.log_in("alice").await;
    at_one.step_up("settings", async || banks.last_code()).await;
    banks.redis.kill();
    banks.redis.restart().await;
    let mut at_two = at_one.at(&banks.two.address);
    until("Redis is found again", async || at_two.fetch("/settings").await.status == 401).await;
    assert_eq!(at_two.fetch("/settings").await.header("www-authenticate"), "Bearer", "nobody is logged in");
    at_two.log_in("alice").await;
    until("the grant is forgotten too", async || at_two.fetch("/settings").await.status == 401).await;
    at_two.step_up("settings", async || banks.last_code()).await;
    assert_eq!(at_two.fetch("/settings").await.status, 200);
}

/// Every guard says when to try again, and pages that need nobody are still there.
async fn nobody_passes(browser: &Browser) {
    // All at once: each of them may wait for two seconds, as long as Redis is given.
    let guarded = join_all(["/settings", "/api/report"].map(async |path| {
        let (mut script, mut person) = (browser.clone(), browser.clone());
        let (fetched, opened) = tokio::join!(script.fetch(path), person.open(path));
        for refused in [fetched, opened] {
            assert_eq!(refused.status, 503, "{path}: {}", refused.body);
            assert!(!refused.header("retry-after").is_empty(), "{path}");
            assert_eq!(refused.header("cache-control"), "no-store", "{path}");
        }
    }));
    let transfer = async {
        let order = [("amount", "1"), ("payee", "bob")];
        assert_eq!(browser.clone().submit("/account", "/transfer", &order).await.status, 503);
    };
    let newcomer = async {
        let mut newcomer = browser.clone();
        newcomer.cookies.clear();
        assert_eq!(newcomer.open("/login").await.status, 200);
        assert_eq!(newcomer.fetch("/settings").await.status, 401, "who brings no session is nobody");
        let fields = [("username", "alice"), ("password", "alice")];
        let refused = newcomer.submit("/login", "/login", &fields).await;
        assert_eq!((refused.status.as_u16(), newcomer.cookies.len()), (503, 0), "{}", refused.body);
    };
    tokio::join!(guarded, transfer, newcomer);
}
