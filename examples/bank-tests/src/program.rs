//! The program as a process.

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

/// Longest wait before a test gives up: long, because only a failure takes that long, and machines are busy.
const CALL_TIMEOUT: Duration = Duration::from_secs(90);

/// The program, on a port of its own. It is killed when this is dropped.
#[derive(Debug)]
pub struct Program {
    child: Child,
    readers: [JoinHandle<()>; 2],
    output: Arc<Mutex<String>>,
    /// Where the bank is.
    pub address: String,
    /// Where its own emulator's inbox is.
    pub inbox: Option<String>,
}

impl Program {
    /// The program with an emulator inside.
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

    /// The program with these variables, and none of Bandwidth's that are not among them.
    pub async fn start_with(candidate: &Candidate, environment: &[(&str, String)]) -> Self {
        Self::run(candidate.program, environment).await
    }

    /// The program at this path with these variables.
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

    /// A browser that has not been here before.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.address)
    }

    /// What the emulator inside has at this path.
    pub async fn emulator(&self, path: &str) -> Vec<Value> {
        let url = format!("{}{path}", self.inbox.as_deref().unwrap());
        reqwest::get(url).await.unwrap().json().await.unwrap()
    }

    /// The code that was sent last.
    pub async fn last_code(&self) -> String {
        self.emulator("/inbox").await.last().unwrap()["code"].as_str().unwrap().to_owned()
    }

    /// Asks the program to stop as a service manager does. How it ended, and all that it wrote.
    pub async fn stop(mut self) -> (Option<i32>, String) {
        // Use the shell's own `kill`, because a program of that name may be missing.
        let kill = format!("kill {}", self.child.id().unwrap());
        assert!(Command::new("sh").args(["-c", &kill]).status().await.unwrap().success());
        let status = timeout(CALL_TIMEOUT, self.child.wait()).await.unwrap().unwrap();
        for reader in &mut self.readers {
            reader.await.unwrap();
        }
        let output = self.output.lock().unwrap().clone();
        (status.code(), output)
    }

    /// Ends the program in the middle of whatever it does.
    pub async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// The rest of the first line that begins so.
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
        let found = timeout(CALL_TIMEOUT, waiting).await;
        found.unwrap_or_else(|_| panic!("no line {start:?} in {}", self.output.lock().unwrap()))
    }
}

/// The program, not yet started, in an environment without anything it reads.
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
    for name in ["RUST_LOG", "REDIS_URL", "MFAKIT_SECRET"] {
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
