//! Real redis-server on a free port, for one test.

use std::{
    env, fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

#[path = "port.rs"]
mod port;

pub(crate) use port::Port;

/// Longest wait for a server. It is long because machines are busy, and only a failing test waits that long.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// Process of redis-server. Dropping it ends the process and deletes its folder.
pub(crate) struct RedisServer {
    child: Child,
    port: Port,
    folder: PathBuf,
    options: Vec<String>,
}

impl RedisServer {
    /// Starts a server without persistence.
    pub(crate) async fn start() -> Self {
        Self::with(&["--save", "", "--appendonly", "no"]).await
    }

    /// Starts a server that persists every write before it answers, so that it keeps its data after a restart.
    pub(crate) async fn persistent() -> Self {
        Self::with(&["--save", "", "--appendonly", "yes", "--appendfsync", "always"]).await
    }

    /// Starts a server with these options.
    pub(crate) async fn with(options: &[&str]) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("mfakit-redis-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let folder = env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        let options: Vec<_> = options.iter().map(|option| (*option).to_owned()).collect();
        let port = Port::reserve();
        let child = spawn(port.number(), &folder, &options);
        let mut server = Self { child, port, folder, options };
        assert!(server.is_up().await, "redis-server does not start with {:?}", server.options);
        server
    }

    /// Returns the URL.
    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port())
    }

    /// Returns the port.
    pub(crate) fn port(&self) -> u16 {
        self.port.number()
    }

    /// Kills the process, as a crash would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Returns whether the process has not ended.
    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Starts the server again, on the same port and with its persisted data.
    pub(crate) async fn restart(&mut self) {
        self.child = spawn(self.port(), &self.folder, &self.options);
        assert!(self.is_up().await, "redis-server does not start again");
    }

    /// Starts the server again, with these options as well, and waits until it loads its data.
    pub(crate) async fn restart_loading(&mut self, additional: &[&str]) {
        let additional = additional.iter().map(|option| (*option).to_owned());
        let options: Vec<_> = self.options.iter().cloned().chain(additional).collect();
        self.child = spawn(self.port(), &self.folder, &options);
        let start = Instant::now();
        while !self.cli(&["ping"]).starts_with("LOADING") {
            assert!(start.elapsed() < MAX_WAIT, "redis-server does not load its data");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Suspends the process: connections stay open, and commands get no answer.
    pub(crate) fn pause(&self) {
        signal(&self.child, "-STOP");
    }

    /// Resumes the process.
    pub(crate) fn resume(&self) {
        signal(&self.child, "-CONT");
    }

    /// Runs a command with redis-cli, and returns its output.
    pub(crate) fn cli(&self, arguments: &[&str]) -> String {
        let port = self.port().to_string();
        let mut command = Command::new("redis-cli");
        let output = command.args(["-p", &port]).args(arguments).output().unwrap();
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    async fn is_up(&mut self) -> bool {
        let start = Instant::now();
        while start.elapsed() < MAX_WAIT {
            if !self.is_running() {
                return false;
            }
            let output = self.cli(&["ping"]);
            if output == "PONG" || output.starts_with("NOAUTH") {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        false
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Sends a signal to a process.
pub(crate) fn signal(process: &Child, signal: &str) {
    // Use the shell's own `kill`, because a program of that name may be missing.
    let kill = format!("kill {signal} {}", process.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
}

fn spawn(port: u16, folder: &PathBuf, options: &[String]) -> Child {
    Command::new("redis-server")
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--dir"])
        .arg(folder)
        .args(options)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("redis-server must be installed: run `cargo xtask test` or `apt-get install redis-server`")
}

/// Three primaries that share the slots, without replicas.
pub(crate) struct RedisCluster {
    nodes: Vec<RedisServer>,
    /// Ports on which the nodes communicate with each other.
    buses: [Port; 3],
}

impl RedisCluster {
    /// Starts a Cluster of three nodes.
    pub(crate) async fn start() -> Self {
        Self::with([&[]; 3]).await
    }

    /// Starts a Cluster of three nodes, each with these additional options.
    pub(crate) async fn with(additional: [&[&str]; 3]) -> Self {
        let buses = [(); 3].map(|()| Port::reserve());
        let mut nodes = Vec::new();
        for (bus, additional) in buses.iter().zip(additional) {
            let port = bus.number().to_string();
            // The timeout is long, so that nodes do not declare each other dead on a busy machine.
            let cluster =
                ["--cluster-enabled", "yes", "--cluster-port", &port, "--cluster-node-timeout", "60000"];
            let options = [&cluster as &[_], &["--save", "", "--appendonly", "no"], additional].concat();
            nodes.push(RedisServer::with(&options).await);
        }
        for (node, slots) in nodes.iter().zip([("0", "5460"), ("5461", "10922"), ("10923", "16383")]) {
            assert_eq!(node.cli(&["cluster", "addslotsrange", slots.0, slots.1]), "OK");
        }
        let (first, others) = nodes.split_first().unwrap();
        for (other, bus) in others.iter().zip(&buses[1..]) {
            let ports = [other.port(), bus.number()].map(|port| port.to_string());
            assert_eq!(first.cli(&["cluster", "meet", "127.0.0.1", &ports[0], &ports[1]]), "OK");
        }
        let start = Instant::now();
        let joined = |node: &RedisServer| {
            let info = node.cli(&["cluster", "info"]);
            info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:3")
        };
        while !nodes.iter().all(joined) {
            assert!(start.elapsed() < MAX_WAIT, "the nodes do not form a Cluster");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Self { nodes, buses }
    }

    /// Starts a replica of the node at this place, with these additional options. Returns it with the port on which it
    /// communicates with other nodes.
    pub(crate) async fn replica_of(&self, place: usize, additional: &[&str]) -> (RedisServer, Port) {
        let (node, bus) = (&self.nodes[place], Port::reserve());
        let port = bus.number().to_string();
        let cluster =
            ["--cluster-enabled", "yes", "--cluster-port", &port, "--cluster-node-timeout", "60000"];
        let more = ["--save", "", "--appendonly", "no", "--repl-diskless-sync-delay", "0"];
        let replica = RedisServer::with(&[&cluster as &[_], &more, additional].concat()).await;
        let ports = [node.port(), self.buses[place].number()].map(|port| port.to_string());
        assert_eq!(replica.cli(&["cluster", "meet", "127.0.0.1", &ports[0], &ports[1]]), "OK");
        let id = node.cli(&["cluster", "myid"]);
        let start = Instant::now();
        let knows_all = |server: &RedisServer| server.cli(&["cluster", "nodes"]).lines().count() == 4;
        while !self.nodes.iter().chain([&replica]).all(knows_all)
            || replica.cli(&["cluster", "replicate", &id]) != "OK"
        {
            assert!(start.elapsed() < MAX_WAIT, "the replica does not join the Cluster");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        (replica, bus)
    }

    /// Returns the URLs of the nodes.
    pub(crate) fn urls(&self) -> Vec<String> {
        self.nodes.iter().map(RedisServer::url).collect()
    }

    /// Returns the nodes.
    pub(crate) fn nodes(&self) -> &[RedisServer] {
        &self.nodes
    }

    /// Returns the nodes, to kill and restart them.
    pub(crate) fn nodes_mut(&mut self) -> &mut [RedisServer] {
        &mut self.nodes
    }
}
