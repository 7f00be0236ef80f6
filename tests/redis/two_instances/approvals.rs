//! Transfers that are approved at one instance and sent at the other.

use bank::Shared;
use bank_tests::{branches::Branches, changes};
use mfakit::Secret;
use mfakit_redis::RedisStore;

use super::{Framework, SECRET, on_both};
use crate::server::RedisServer;

on_both!(
    what_was_approved_at_one_instance_is_what_runs_at_the_other,
    an_equal_order_moves_what_was_approved_once_at_the_other_instance,
    two_tabs_approve_their_own_orders_at_two_instances,
);

async fn what_was_approved_at_one_instance_is_what_runs_at_the_other(framework: &Framework) {
    let (branches, _redis) = two(framework).await;
    changes::what_was_approved_is_what_runs(&branches).await;
}

async fn an_equal_order_moves_what_was_approved_once_at_the_other_instance(framework: &Framework) {
    let (branches, _redis) = two(framework).await;
    changes::an_equal_order_moves_what_was_approved_once(&branches).await;
}

async fn two_tabs_approve_their_own_orders_at_two_instances(framework: &Framework) {
    let (branches, _redis) = two(framework).await;
    changes::two_tabs_approve_their_own_orders_in_either_order(&branches).await;
}

/// Opens two branches of a bank on one Redis, each with its own connections.
async fn two(framework: &Framework) -> (Branches, RedisServer) {
    let (redis, mut branches) = (RedisServer::start().await, Branches::default());
    for _ in 0..2 {
        let clock = branches.clock.clone();
        let store = RedisStore::builder(redis.url()).danger_clock(clock).connect().await.unwrap();
        let shared = Shared::new(redis.url(), SECRET);
        branches.open(
            |engine| engine.store(store).secret(Secret::new(SECRET).unwrap()),
            |listener, bank, mfa| (framework.serve)(listener, bank, mfa, shared),
        );
    }
    (branches, redis)
}
