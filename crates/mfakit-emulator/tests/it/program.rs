//! Tests of the library's handle and of the program.

use std::{io, process::Stdio, time::Duration};

use mfakit_emulator::Emulator;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpStream,
    process::{Child, Command},
};

fn program() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_mfakit-emulator"));
    program.kill_on_drop(true).stdout(Stdio::piped()).stderr(Stdio::piped());
    program
}

#[tokio::test]
async fn an_emulator_stops_when_its_handle_is_dropped() {
    let emulator = Emulator::builder().start().await.unwrap();
    let port = emulator.port();
    assert_eq!(emulator.base_url(), format!("http://127.0.0.1:{port}/api/v1"));
    assert_eq!(emulator.token_url(), format!("http://127.0.0.1:{port}/api/v1/oauth2/token"));
    assert_eq!(emulator.inbox_url(), format!("http://127.0.0.1:{port}/"));
    drop(TcpStream::connect(("127.0.0.1", port)).await.unwrap());
    drop(emulator);
    tokio::time::timeout(Duration::from_secs(60), async {
        while TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_user_name_that_basic_cannot_transmit_is_rejected() {
    for user in ["", "a:b"] {
        let error = Emulator::builder().credentials(user, "x").start().await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{user:?}");
    }
}

#[tokio::test]
async fn the_program_prints_its_addresses_and_stops_cleanly_on_ctrl_c() {
    let mut child = program().args(["--port", "0", "--username", "me", "--password", "pw"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut output = String::new();
    while !output.contains("Ctrl-C") {
        output += &lines.next_line().await.unwrap().unwrap();
        output.push('\n');
    }
    for name in [
        "ACCOUNT_ID",
        "CLIENT_ID=me",
        "CLIENT_SECRET=pw",
        "FROM=+",
        "MESSAGING_APPLICATION_ID",
        "VOICE_APPLICATION_ID",
    ] {
        assert!(output.contains(&format!("BANDWIDTH_{name}")), "{name} in {output}");
    }
    let value =
        |name: &str| output.split_once(&format!("{name}=")).unwrap().1.lines().next().unwrap().to_owned();
    assert_eq!(value("BANDWIDTH_TOKEN_URL"), format!("{}/oauth2/token", value("BANDWIDTH_BASE_URL")));
    let token = reqwest::Client::new()
        .post(value("BANDWIDTH_TOKEN_URL"))
        .basic_auth("me", Some("pw"))
        .form(&[("grant_type", "client_credentials")])
        .send()
        .await
        .unwrap();
    assert_eq!(token.status(), 200);

    assert_stops_cleanly(child, "INT").await;
}

#[tokio::test]
async fn the_program_stops_cleanly_as_soon_as_it_has_printed_how() {
    for signal in ["INT", "TERM"] {
        let mut child = program().args(["--port", "0"]).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        while !lines.next_line().await.unwrap().unwrap().contains("Ctrl-C") {}
        assert_stops_cleanly(child, signal).await;
    }
}

/// Stops the program with a signal, and checks its exit code. Windows has no such signals, so there the program is
/// killed.
async fn assert_stops_cleanly(mut child: Child, signal: &str) {
    if cfg!(not(unix)) {
        return child.kill().await.unwrap();
    }
    // Use the shell's own `kill`, because a program of that name may be missing.
    let kill = format!("kill -{signal} {}", child.id().unwrap());
    assert!(Command::new("sh").args(["-c", &kill]).status().await.unwrap().success());
    let ended = tokio::time::timeout(Duration::from_secs(60), child.wait()).await.unwrap().unwrap();
    assert_eq!(ended.code(), Some(0), "{signal}");
}

#[tokio::test]
async fn a_port_in_use_is_a_readable_error() {
    let emulator = Emulator::builder().start().await.unwrap();
    let port = emulator.port();
    let error = Emulator::builder().port(port).start().await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);

    let output = program().args(["--port", &port.to_string()]).output().await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains(&format!("port {port} of 127.0.0.1 is in use")), "{error}");
}
