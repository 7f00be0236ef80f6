//! The bank's program as a process.

use std::{
    process::Stdio,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::{Child, Command},
    task::JoinHandle,
    time::timeout,
};

use crate::{Candidate, browser::Browser};

/// Timeout of a test. It is long, because machines are busy and only failures take that long.
const TIMEOUT: Duration = Duration::from_secs(90);

/// The running program, on its own port. It is killed when this is dropped.
#[derive(Debug)]
pub struct Program {
    child: Child,
    readers: [JoinHandle<()>; 2],
    output: Arc<Mutex<String>>,
    /// URL of the bank.
    pub address: String,
    /// URL of the inbox of its own emulator.
    pub inbox: Option<String>,
}

impl Program {
    /// Starts the program with its own emulator.
    pub async fn start(candidate: &Candidate) -> Self {
        let mut program = Self::start_with(candidate, &[]).await;
        program.inbox = Some(program.line("the inbox is at ").await.trim_end_matches('/').to_owned());
        program
    }

    /// Starts the program with these variables and its own emulator.
    pub async fn start_with_emulator(candidate: &Candidate, environment: &[(&str, String)]) -> Self {
        let mut program = Self::run_with(candidate.program, &["--emulator"], environment).await;
        program.inbox = Some(program.line("the inbox is at ").await.trim_end_matches('/').to_owned());
        program
    }

    /// Starts the program with these variables, and without any other variable of Bandwidth's.
    pub async fn start_with(candidate: &Candidate, environment: &[(&str, String)]) -> Self {
        Self::run(candidate.program, environment).await
    }

    /// Starts the program at this path with these variables.
    pub async fn run(program: &str, environment: &[(&str, String)]) -> Self {
        Self::run_with(program, &[], environment).await
    }

    async fn run_with(program: &str, options: &[&str], environment: &[(&str, String)]) -> Self {
        let mut child = command_at(program)
            .args(["--port", "0"])
            .args(options)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output = Arc::<Mutex<String>>::default();
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let readers = [collect(stdout, output.clone()), collect(stderr, output.clone())];
        let mut program = Self { child, readers, output, address: String::new(), inbox: None };
        program.address = format!("http://127.0.0.1:{}", program.line("http://127.0.0.1:").await);
        program
    }

    /// Creates a browser without cookies for this bank.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.address)
    }

    /// Returns the JSON list of the program's own emulator at this path.
    pub async fn emulator(&self, path: &str) -> Vec<Value> {
        let url = format!("{}{path}", self.inbox.as_deref().unwrap());
        reqwest::get(url).await.unwrap().json().await.unwrap()
    }

    /// Returns the code that was sent last.
    pub async fn last_code(&self) -> String {
        self.emulator("/inbox").await.last().unwrap()["code"].as_str().unwrap().to_owned()
    }

    /// Stops the program with a signal, like a service manager. Returns the exit code and the whole output.
    pub async fn stop(mut self) -> (Option<i32>, String) {
        // Use the shell's own `kill`, because a program of that name may be missing.
        let kill = format!("kill {}", self.child.id().unwrap());
        assert!(Command::new("sh").args(["-c", &kill]).status().await.unwrap().success());
        let status = timeout(TIMEOUT, self.child.wait()).await.unwrap().unwrap();
        for reader in &mut self.readers {
            reader.await.unwrap();
        }
        let output = self.output.lock().unwrap().clone();
        (status.code(), output)
    }

    /// Kills the program immediately.
    pub async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Waits for the first line that begins with `start`, and returns the rest of it.
    async fn line(&self, start: &str) -> String {
        let find = || {
            let output = self.output.lock().unwrap();
            output.lines().find_map(|line| line.strip_prefix(start)).map(str::to_owned)
        };
        let waiting = async {
            loop {
                if let Some(rest) = find() {
                    return rest;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let found = timeout(TIMEOUT, waiting).await;
        found.unwrap_or_else(|_| panic!("no line {start:?} in {}", self.output.lock().unwrap()))
    }
}

/// Returns a command for the program, in an environment without the variables that it reads.
pub fn command(candidate: &Candidate) -> Command {
    command_at(candidate.program)
}

fn command_at(program: &str) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("BANDWIDTH_") {
            command.env_remove(name);
        }
    }
    for name in ["RUST_LOG", "REDIS_URL", "DATABASE_URL", "MFAKIT_SECRET", "SMTP_URL"] {
        command.env_remove(name);
    }
    command.kill_on_drop(true);
    command
}

fn collect(stream: impl AsyncRead + Send + Unpin + 'static, output: Arc<Mutex<String>>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut lines = BufReader::new(stream).lines();
        while let Some(line) = lines.next_line().await.unwrap() {
            let mut output = output.lock().unwrap();
            output.push_str(&line);
            output.push('\n');
        }
    })
}

/// Returns the path of a program of this workspace, which cargo puts into the parent folder of the tests.
pub fn built(name: &str) -> String {
    let test = std::env::current_exe().unwrap();
    let path = test.parent().and_then(|deps| deps.parent()).unwrap().join(name);
    assert!(
        path.exists(),
        "{name} is not built: run `cargo build -p {name}`, or `cargo xtask test`, which builds everything"
    );
    path.to_str().unwrap().to_owned()
}
