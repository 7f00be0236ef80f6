//! What the store says of a server at the start.

use std::sync::{Arc, LazyLock, Mutex};

use mfakit_redis::RedisStore;
use tracing::{Dispatch, subscriber::NoSubscriber};
use tracing_subscriber::fmt::MakeWriter;

use crate::server::RedisServer;

/// Where the log goes.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// A second subscriber. While a process has only one, tracing asks the thread that meets an event first whether
/// anything listens there, and remembers its no for all threads.
static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::default()));

async fn said_of(url: String) -> String {
    let lines = Lines::default();
    let log = tracing_subscriber::fmt().with_ansi(false).with_writer(lines.clone()).finish();
    LazyLock::force(&SECOND);
    let guard = tracing::subscriber::set_default(log);
    RedisStore::connect(url).await.unwrap();
    drop(guard);
    let said = lines.0.lock().unwrap().clone();
    String::from_utf8(said).unwrap()
}

#[tokio::test]
async fn a_server_that_may_lose_what_it_keeps_is_warned_of_and_another_is_not() {
    let good = RedisServer::persistent().await;
    assert_eq!(said_of(good.url()).await, "");

    // A name of this machine that does not look like one.
    let said = said_of(good.url().replace("127.0.0.1", "127.1")).await;
    assert!(said.contains("rediss://") && said.lines().count() == 1, "{said}");

    let evicting = RedisServer::with(&["--maxmemory-policy", "allkeys-lru", "--appendonly", "no"]).await;
    let said = said_of(evicting.url()).await;
    assert!(said.contains("WARN mfakit") && said.lines().count() == 2, "{said}");
    assert!(said.contains("noeviction") && said.contains("appendonly"), "{said}");

    good.cli(&["replicaof", "127.0.0.1", "1"]);
    let said = said_of(good.url()).await;
    assert!(said.contains("replica") && said.lines().count() == 1, "{said}");

    let rules = ["on", ">pw", "~mfakit:*", "+ping", "+hget", "+eval", "+evalsha"];
    let words = [&["acl", "setuser", "blind"] as &[_], &rules].concat();
    assert_eq!(evicting.cli(&words), "OK");
    let said = said_of(format!("redis://blind:pw@127.0.0.1:{}", evicting.port())).await;
    assert_eq!(said, "", "who may not look says nothing");
}
