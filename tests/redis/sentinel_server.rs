//! Real Redis Sentinel on a free port, for one test.

use std::{
    env, fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::server::{Port, RedisServer, signal};

/// Longest wait for a state that is reached at some time. Only a failing test waits that long.
pub(crate) const MAX_WAIT: Duration = Duration::from_secs(90);

/// Process of a sentinel. Dropping it ends the process and deletes its folder.
pub(crate) struct Sentinel {
    child: Child,
    port: Port,
    folder: PathBuf,
}

impl Sentinel {
    /// Starts a sentinel that watches this primary alone, under the name `My-primary`.
    pub(crate) async fn start(primary: &RedisServer) -> Self {
        Self::with(primary, "").await
    }

    /// Starts a sentinel with these additional lines of its configuration.
    pub(crate) async fn with(primary: &RedisServer, additional: &str) -> Self {
        let port = Port::reserve();
        let folder =
            env::temp_dir().join(format!("mfakit-sentinel-{}-{}", std::process::id(), port.number()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("sentinel.conf");
        let monitor = format!("sentinel monitor My-primary 127.0.0.1 {} 1\n", primary.port());
        fs::write(&file, format!("port {}\nbind 127.0.0.1\n{monitor}{additional}", port.number())).unwrap();
        let mut command = Command::new("redis-server");
        command.arg(&file).arg("--sentinel").current_dir(&folder);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let sentinel = Self { child, port, folder };
        wait(|| sentinel.cli(&["ping"]) == "PONG").await;
        sentinel
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port.number())
    }

    pub(crate) fn cli(&self, arguments: &[&str]) -> String {
        let port = self.port.number().to_string();
        let output = Command::new("redis-cli").args(["-p", &port]).args(arguments).output().unwrap();
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

impl Sentinel {
    /// Suspends the process.
    pub(crate) fn pause(&self) {
        signal(&self.child, "-STOP");
    }

    /// Resumes the process.
    pub(crate) fn resume(&self) {
        signal(&self.child, "-CONT");
    }

    /// Promotes the replica, and waits until this sentinel announces it.
    pub(crate) async fn promote(&self, replica: &RedisServer) {
        wait(|| self.cli(&["sentinel", "failover", "My-primary"]) == "OK").await;
        let port = replica.port().to_string();
        wait(|| self.cli(&["sentinel", "get-master-addr-by-name", "My-primary"]).ends_with(&port)).await;
    }
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Waits for a state that is reached at some time.
pub(crate) async fn wait(mut reached: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !reached() {
        assert!(begun.elapsed() < MAX_WAIT);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
