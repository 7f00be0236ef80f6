//! Real PostgreSQL on a free port, in a temporary folder.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Weak,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use tokio::sync::Mutex;

use crate::port::Port;

/// Longest wait for a server. It is long because machines are busy, and only a failing test waits that long.
const MAX_WAIT: Duration = Duration::from_secs(120);

/// Folder in which Debian installs each version of the server.
const VERSIONS: &str = "/usr/lib/postgresql";

/// User that runs a server if the tests run as root, which PostgreSQL rejects. Debian's package creates it.
const USER: &str = "postgres";

/// Process of postgres. Dropping it ends the process and deletes its folder.
pub(crate) struct PostgresServer {
    child: Child,
    port: Port,
    folder: PathBuf,
    settings: Vec<String>,
    databases: AtomicU32,
}

impl PostgresServer {
    /// Returns a server that concurrent tests share. It does not wait for the disk.
    pub(crate) async fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<PostgresServer>> = Mutex::const_new(Weak::new());
        let mut shared = SHARED.lock().await;
        if let Some(server) = shared.upgrade() {
            return server;
        }
        let server = Arc::new(Self::with(&["fsync=off", "max_connections=300"]).await);
        *shared = Arc::downgrade(&server);
        server
    }

    /// Starts a server with these settings.
    pub(crate) async fn with(settings: &[&str]) -> Self {
        let folder = new_folder();
        initialize(&folder);
        Self::start(folder, settings).await
    }

    /// Starts a standby that follows this server.
    pub(crate) async fn standby(&self) -> Self {
        let folder = new_folder();
        let mut copy = unprivileged(&program("pg_basebackup"));
        copy.args(["--host=127.0.0.1", "--username=mfakit", "--write-recovery-conf", "--checkpoint=fast"]);
        copy.arg(format!("--port={}", self.port.number())).arg("--no-sync");
        let copied = copy.arg("--pgdata").arg(folder.join("data")).current_dir(&folder).output().unwrap();
        assert!(copied.status.success(), "{}", String::from_utf8_lossy(&copied.stderr));
        Self::start(folder, &["fsync=off", "max_connections=300"]).await
    }

    async fn start(folder: PathBuf, settings: &[&str]) -> Self {
        let settings: Vec<_> = settings.iter().map(|setting| (*setting).to_owned()).collect();
        let port = Port::reserve();
        let child = spawn(port.number(), &folder, &settings);
        let mut server = Self { child, port, folder, settings, databases: AtomicU32::new(0) };
        server.wait().await;
        server
    }

    /// Returns the options of a connection to the database that is always there.
    pub(crate) fn options(&self) -> PgConnectOptions {
        let options = PgConnectOptions::new_without_pgpass().host("127.0.0.1").port(self.port.number());
        options.username("mfakit").database("postgres").disable_statement_logging()
    }

    /// Returns the options of a connection by the socket in the server's folder.
    pub(crate) fn options_by_socket(&self) -> PgConnectOptions {
        self.options().socket(&self.folder)
    }

    /// Creates a database, and returns the options of a connection to it.
    pub(crate) async fn database(&self) -> PgConnectOptions {
        let name = format!("test{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.run(&format!("CREATE DATABASE {name}")).await;
        self.options().database(&name)
    }

    /// Runs a statement as the owner of everything.
    pub(crate) async fn run(&self, statement: &str) {
        let mut connection = self.options().connect().await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    /// Ends the process at once, as a crash would: nothing is written, and the next start recovers.
    pub(crate) fn kill(&mut self) {
        signal("-QUIT", self.child.id());
        self.child.wait().unwrap();
    }

    /// Starts the server again, on the same port and with its data.
    pub(crate) async fn restart(&mut self) {
        self.child = spawn(self.port.number(), &self.folder, &self.settings);
        self.wait().await;
    }

    /// Suspends the server and the processes of its connections, which stay open and get no answer.
    pub(crate) fn pause(&self) {
        signal("-STOP", self.child.id());
        children(self.child.id()).into_iter().for_each(|child| signal("-STOP", child));
    }

    /// Resumes the processes.
    pub(crate) fn resume(&self) {
        children(self.child.id()).into_iter().for_each(|child| signal("-CONT", child));
        signal("-CONT", self.child.id());
    }

    async fn wait(&mut self) {
        let start = Instant::now();
        loop {
            assert!(self.child.try_wait().unwrap().is_none(), "postgres does not start: {}", self.log());
            match PgConnection::connect_with(&self.options()).await {
                Ok(connection) => return connection.close().await.unwrap(),
                Err(error) => assert!(start.elapsed() < MAX_WAIT, "{error}: {}", self.log()),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        self.resume();
        self.kill();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Creates a folder for a server.
fn new_folder() -> PathBuf {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let folder = env::temp_dir().join(format!("mfakit-postgres-{}-{number}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    give(&folder);
    folder
}

/// Returns a command that runs a program of PostgreSQL, as another user if the tests run as root.
pub(crate) fn unprivileged(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    // It replaces itself with the program, so its process can be stopped by its number.
    let mut command = Command::new("setpriv");
    command.args(["--reuid", USER, "--regid", USER, "--init-groups", "--"]).arg(program);
    command
}

/// Makes a folder one of the user that runs the server.
pub(crate) fn give(folder: &Path) {
    if is_root() {
        let given = Command::new("chown").arg(USER).arg(folder).status().unwrap();
        assert!(
            given.success(),
            "the user `{USER}` is missing: run `cargo xtask test` or `apt-get install postgresql`"
        );
    }
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    String::from_utf8_lossy(&output.stdout).trim() == "0"
}

fn initialize(folder: &Path) {
    let mut initdb = unprivileged(&program("initdb"));
    initdb.arg("--pgdata").arg(folder.join("data"));
    initdb.args(["--username=mfakit", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"]);
    let output =
        initdb.current_dir(folder).output().expect("initdb must be installed: run `cargo xtask test`");
    assert!(output.status.success(), "initdb failed: {}", String::from_utf8_lossy(&output.stderr));
}

fn spawn(port: u16, folder: &Path, settings: &[String]) -> Child {
    let mut postgres = unprivileged(&program("postgres"));
    postgres.arg("-D").arg(folder.join("data")).arg("-k").arg(folder);
    postgres.args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"]);
    for setting in settings {
        postgres.args(["-c", setting]);
    }
    let log = fs::File::create(folder.join("log")).unwrap();
    postgres.current_dir(folder).stdout(Stdio::null()).stderr(log).spawn().unwrap()
}

/// Returns the path of a program of PostgreSQL, of the latest version that is installed.
fn program(name: &str) -> PathBuf {
    let versions = fs::read_dir(VERSIONS).into_iter().flatten().flatten();
    let version = |path: &Path| path.file_name()?.to_str()?.parse::<u32>().ok();
    let folders = versions.map(|entry| entry.path()).filter(|path| path.join("bin").join(name).exists());
    let latest = folders.max_by_key(|path| version(path));
    latest.map_or_else(|| PathBuf::from(name), |folder| folder.join("bin").join(name))
}

/// Sends a signal by the shell's own `kill`, because a program of that name may be missing.
fn signal(signal: &str, process: u32) {
    let kill = format!("kill {signal} {process}");
    let _ = Command::new("sh").args(["-c", &kill]).stderr(Stdio::null()).status();
}

/// Returns the processes that a process has started, as Linux lists them.
fn children(parent: u32) -> Vec<u32> {
    let path = format!("/proc/{parent}/task/{parent}/children");
    let list = fs::read_to_string(path).unwrap_or_default();
    list.split_whitespace().filter_map(|child| child.parse().ok()).collect()
}
