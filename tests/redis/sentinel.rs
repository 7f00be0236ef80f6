//! Redis Sentinel: the announced primary, and its successor after a failover.

use std::{
    env, fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use mfakit::MfaStore;
use mfakit_redis::{ConnectError, RedisStore};

use crate::{
    kit::{NO_TIME, TestUser, live_challenge},
    layout::documented_permissions,
    server::{Port, RedisServer},
    verbs::every_verb,
};

/// Longest wait for a state that is reached at some time. Only a failing test waits that long.
const MAX_WAIT: Duration = Duration::from_secs(90);

/// Process of a sentinel. Dropping it ends the process and deletes its folder.
struct Sentinel {
    child: Child,
    port: Port,
    folder: PathBuf,
}

impl Sentinel {
    /// Starts a sentinel that watches this primary alone, under the name `My-primary`.
    async fn start(primary: &RedisServer) -> Self {
        let port = Port::reserve();
        let folder =
            env::temp_dir().join(format!("mfakit-sentinel-{}-{}", std::process::id(), port.number()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("sentinel.conf");
        let monitor = format!("sentinel monitor My-primary 127.0.0.1 {} 1\n", primary.port());
        fs::write(&file, format!("port {}\nbind 127.0.0.1\n{monitor}", port.number())).unwrap();
        let mut command = Command::new("redis-server");
        command.arg(&file).arg("--sentinel").current_dir(&folder);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let sentinel = Self { child, port, folder };
        wait(|| sentinel.cli(&["ping"]) == "PONG").await;
        sentinel
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port.number())
    }

    fn cli(&self, arguments: &[&str]) -> String {
        let port = self.port.number().to_string();
        let output = Command::new("redis-cli").args(["-p", &port]).args(arguments).output().unwrap();
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

async fn wait(mut reached: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !reached() {
        assert!(begun.elapsed() < MAX_WAIT);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn the_store_follows_a_failover() {
    let (primary, replica) = (RedisServer::start().await, RedisServer::start().await);
    assert_eq!(replica.cli(&["replicaof", "127.0.0.1", &primary.port().to_string()]), "OK");
    let sentinel = Sentinel::start(&primary).await;
    // One of the sentinels is down.
    let sentinels = ["redis://127.0.0.1:1".to_owned(), sentinel.url()];
    let store = RedisStore::sentinel(sentinels, "redis://My-primary/0").connect().await.unwrap();
    every_verb(&store).await;
    let zoe = TestUser::new("zoe");
    let challenge = live_challenge(&store, &zoe).await;
    assert_eq!(primary.cli(&["wait", "1", "60000"]), "1");

    wait(|| sentinel.cli(&["sentinel", "failover", "My-primary"]) == "OK").await;
    wait(|| replica.cli(&["role"]).starts_with("master") && primary.cli(&["role"]).starts_with("slave"))
        .await;
    let begun = Instant::now();
    loop {
        // Each pass ends on the successor, or with an error while the former primary still answers.
        if let Ok(state) = store.user_state(&zoe.id, NO_TIME).await
            && store.release_send(&zoe.id, &challenge.id).await.is_ok()
        {
            assert_eq!(state.challenges.len(), 1, "{state:?}");
            break;
        }
        assert!(begun.elapsed() < MAX_WAIT, "the store finds the successor");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(replica.cli(&["flushall"]), "OK");
    every_verb(&store).await;
}

#[tokio::test]
async fn the_documented_permissions_suffice_with_sentinel() {
    let primary = RedisServer::start().await;
    let sentinel = Sentinel::start(&primary).await;
    let permissions = format!("acl setuser mfakit {} +role", documented_permissions());
    assert_eq!(primary.cli(&permissions.split_whitespace().collect::<Vec<_>>()), "OK");
    let url = "redis://mfakit:pw@My-primary";
    every_verb(&RedisStore::sentinel([sentinel.url()], url).connect().await.unwrap()).await;
}

#[tokio::test]
async fn a_server_that_is_no_primary_and_an_unknown_name_are_rejected() {
    let primary = RedisServer::start().await;
    let sentinel = Sentinel::start(&primary).await;
    let unknown = RedisStore::sentinel([sentinel.url()], "redis://another").connect().await.unwrap_err();
    assert!(matches!(unknown, ConnectError::Url(_)), "{unknown:?}");
    let none = RedisStore::sentinel([""; 0], "redis://My-primary").connect().await.unwrap_err();
    assert!(matches!(none, ConnectError::Url(_)), "{none:?}");
    assert_eq!(primary.cli(&["replicaof", "127.0.0.1", "1"]), "OK");
    let replica = RedisStore::sentinel([sentinel.url()], "redis://My-primary").connect().await.unwrap_err();
    assert!(matches!(replica, ConnectError::Unreachable(_)), "{replica:?}");
}
