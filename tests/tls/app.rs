//! The app, built with a set of features, and the servers that it connects to.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Output,
    sync::atomic::{AtomicU32, Ordering},
};

use tokio::{process::Command, sync::Mutex};

use crate::{
    https::{self, Protocol},
    server::{Port, RedisServer},
};

/// Lock of the test that builds. All builds write the program to the same file.
static BUILD: Mutex<()> = Mutex::const_new(());

/// Program with its files. Dropping it deletes them.
pub(crate) struct App {
    folder: PathBuf,
}

impl App {
    /// Builds the program with these features.
    pub(crate) async fn build(features: &[&str]) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("mfakit-tls-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let app = Self { folder: env::temp_dir().join(name) };
        fs::create_dir_all(&app.folder).unwrap();
        let _building = BUILD.lock().await;
        let build = ["build", "--quiet", "--package", "mfakit-tls-app", "--bin", "tls-app"];
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(build).args(["--features", &features.join(",")]).current_dir(env!("CARGO_MANIFEST_DIR"));
        let output = cargo.output().await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        // This test is in the folder `deps` of the folder that has the program.
        let programs = env::current_exe().unwrap().ancestors().nth(2).unwrap().to_owned();
        let program = format!("tls-app{}", env::consts::EXE_SUFFIX);
        fs::copy(programs.join(&program), app.folder.join(&program)).unwrap();
        app
    }

    /// Runs the program with servers that require TLS, and returns the lines that it prints.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Vec<String> {
        let output = self.output(arguments, Protocol::Tls).await;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    }

    /// Runs the program with servers that use no TLS, and returns the lines that it prints.
    pub(crate) async fn run_plain(&self, arguments: &[&str]) -> Vec<String> {
        let output = self.output(arguments, Protocol::Plain).await;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    }

    /// Runs the program, which must fail, and returns its errors.
    pub(crate) async fn fail(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments, Protocol::Tls).await;
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    }

    async fn output(&self, arguments: &[&str], protocol: Protocol) -> Output {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let (certificate, key) = (self.folder.join("cert.pem"), self.folder.join("key.pem"));
        fs::write(&certificate, made.cert.pem()).unwrap();
        fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        let api = https::serve(&made, protocol).await;
        let (redis, url) = redis(protocol, &certificate, &key).await;
        let mut program = Command::new(self.folder.join(format!("tls-app{}", env::consts::EXE_SUFFIX)));
        program.args(arguments).env("SSL_CERT_FILE", &certificate).env("REDIS_URL", url).envs([
            ("BANDWIDTH_ACCOUNT_ID", "9900000"),
            ("BANDWIDTH_CLIENT_ID", "client"),
            ("BANDWIDTH_CLIENT_SECRET", "secret"),
            ("BANDWIDTH_FROM", "+19195554321"),
            ("BANDWIDTH_MESSAGING_APPLICATION_ID", "app"),
            ("BANDWIDTH_BASE_URL", &format!("{api}/api/v1")),
            ("BANDWIDTH_TOKEN_URL", &format!("{api}/token")),
        ]);
        let output = program.output().await.unwrap();
        drop(redis);
        output
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Starts a redis-server, and returns its URL.
async fn redis(protocol: Protocol, certificate: &Path, key: &Path) -> (RedisServer, String) {
    if protocol == Protocol::Plain {
        let server = RedisServer::start().await;
        let url = server.url();
        return (server, url);
    }
    let reserved = Port::reserve();
    let port = reserved.number().to_string();
    let files = [certificate, key].map(|file| file.to_str().unwrap());
    let tls = ["--tls-port", &port, "--tls-cert-file", files[0], "--tls-key-file", files[1]];
    let server = RedisServer::with(&[&tls as &[&str], &["--tls-auth-clients", "no"]].concat()).await;
    (server, format!("rediss://localhost:{port}"))
}
