//! Races between two instances.

use mfakit_redis::RedisStore;

use crate::{
    server::{RedisCluster, RedisServer},
    won_once::no_race_is_won_twice,
};

#[tokio::test(flavor = "multi_thread")]
async fn no_race_between_two_instances_is_won_twice() {
    let server = RedisServer::start().await;
    no_race_is_won_twice([
        RedisStore::connect(server.url()).await.unwrap(),
        RedisStore::connect(server.url()).await.unwrap(),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_race_between_two_instances_on_a_cluster_is_won_twice() {
    let cluster = RedisCluster::start().await;
    no_race_is_won_twice([
        RedisStore::cluster(cluster.urls()).connect().await.unwrap(),
        RedisStore::cluster(cluster.urls()).connect().await.unwrap(),
    ])
    .await;
}
