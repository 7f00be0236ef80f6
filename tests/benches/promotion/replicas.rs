//! A primary, its replicas, and a sentinel that watches them.

use std::time::Duration;

use mfakit_redis::{RedisStore, RedisStoreBuilder};

use crate::{
    link::Link,
    sentinel_server::{Sentinel, wait},
    server::RedisServer,
};

/// Options of every server. A replica copies the data without waiting for others, and retries quickly.
const OPTIONS: [&str; 6] = ["--save", "", "--appendonly", "no", "--repl-diskless-sync-delay", "0"];
/// Time without an answer after which the sentinel calls a server down. Its failover does not replace the links meanwhile.
const SENTINEL: &str =
    "sentinel down-after-milliseconds My-primary 1000\nsentinel failover-timeout My-primary 180000\n";

pub(crate) struct Replicas {
    pub(crate) primary: RedisServer,
    /// Replicas, each with the link by which it follows the primary.
    pub(crate) replicas: Vec<(RedisServer, Link)>,
    sentinel: Sentinel,
}

impl Replicas {
    /// Starts a replica for each of these delays of its link.
    pub(crate) async fn start(delays: &[Duration], options: &[&str]) -> Self {
        let options = [&OPTIONS as &[_], options].concat();
        let primary = RedisServer::with(&options).await;
        let mut replicas = Vec::new();
        for delay in delays {
            let (replica, link) = (RedisServer::with(&options).await, Link::to(primary.port(), *delay));
            assert_eq!(replica.cli(&["replicaof", "127.0.0.1", &link.port().to_string()]), "OK");
            // A link can be up for a second before the primary sends anything after the first copy.
            wait(|| replica.cli(&["info", "replication"]).contains("master_link_status:up")).await;
            wait(|| primary.cli(&["set", "first", &link.port().to_string()]) == "OK").await;
            wait(|| replica.cli(&["get", "first"]) == link.port().to_string()).await;
            replicas.push((replica, link));
        }
        let sentinel = Sentinel::with(&primary, SENTINEL).await;
        let known = format!("slaves={},", delays.len());
        wait(|| sentinel.cli(&["info", "sentinel"]).contains(&known)).await;
        Self { primary, replicas, sentinel }
    }

    /// Returns the builder of a store that finds the primary by the sentinel, and waits for no replica.
    pub(crate) fn store(&self) -> RedisStoreBuilder {
        RedisStore::sentinel([self.sentinel.url()], "redis://My-primary/0")
    }

    /// Kills the primary. What its links have in transit is lost.
    pub(crate) fn kill_primary(&mut self) {
        for (_, link) in &self.replicas {
            link.cut();
        }
        self.primary.kill();
    }

    /// Kills the primary together with its nearest replica.
    pub(crate) fn kill_primary_and_nearest(&mut self) {
        self.kill_primary();
        self.replicas[0].0.kill();
    }

    /// Waits until the sentinel announces another primary. Returns its place among the replicas.
    pub(crate) async fn promoted(&self) -> usize {
        let mut promoted = None;
        wait(|| {
            let announced = self.sentinel.cli(&["sentinel", "get-master-addr-by-name", "My-primary"]);
            let is_it = |server: &RedisServer| announced.ends_with(&server.port().to_string());
            promoted = self.replicas.iter().position(|(replica, _)| is_it(replica));
            promoted.is_some()
        })
        .await;
        // A server that is only slow, on a busy machine, must not be replaced by one that has copied nothing yet.
        let patience = ["sentinel", "set", "My-primary", "down-after-milliseconds", "600000"];
        assert_eq!(self.sentinel.cli(&patience), "OK");
        promoted.unwrap()
    }

    /// Asserts that there was one promotion only.
    pub(crate) fn assert_one_promotion(&self) {
        let primary = self.sentinel.cli(&["sentinel", "master", "My-primary"]);
        let (_, rest) = primary.split_once("config-epoch").unwrap();
        assert_eq!(rest.split_whitespace().next(), Some("1"), "{primary}");
    }

    /// Starts the former primary again, and the nearest replica if it was killed, without their data, as replicas of the
    /// successor.
    pub(crate) async fn restart_as_replica(&mut self, of: usize) {
        let port = self.replicas[of].0.port().to_string();
        let nearest = &mut self.replicas[0].0;
        for server in
            [Some(&mut self.primary), (!nearest.is_running()).then_some(nearest)].into_iter().flatten()
        {
            server.restart().await;
            assert_eq!(server.cli(&["replicaof", "127.0.0.1", &port]), "OK");
        }
    }
}
