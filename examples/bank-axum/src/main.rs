//! `bank-axum`: the bank on a port of this machine, until Ctrl-C.

#![forbid(unsafe_code)]

use std::{
    env,
    io::{self, IsTerminal as _, Write as _},
    net::Ipv4Addr,
    process::ExitCode,
};

use bank_axum::{App, Bank, Inbox, emulated::client_of, step_up::step_up};
use clap::Parser;
use mfakit::{BoxError, bandwidth::Bandwidth};
use mfakit_emulator::Emulator;
use tokio::net::TcpListener;
use tower_sessions::MemoryStore;
use tracing_subscriber::EnvFilter;

/// A small bank that asks for a code before money moves.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// The port to listen on, always on 127.0.0.1; 0 picks a free one.
    #[arg(long, default_value_t = 3000)]
    port: u16,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(colours).init();
    match serve(options.port).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "bank-axum: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(port: u16) -> Result<(), BoxError> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|error| explained(port, &error))?;
    let port = listener.local_addr()?.port();
    // Held to the end: the emulator stops when it is dropped.
    let (bandwidth, emulator) = bandwidth().await?;

    let bank = Bank::open()?;
    let mfa = step_up(bandwidth, port, &bank).build()?;
    let inbox = Inbox(emulator.as_ref().map(Emulator::inbox_url));
    greet(port, &inbox)?;
    let router = App { bank, mfa, inbox }.router(MemoryStore::default());
    axum::serve(listener, router).with_graceful_shutdown(told_to_stop()).await?;
    Ok(())
}

/// The service that the environment names or, where it names none, an emulator in this process.
async fn bandwidth() -> Result<(Bandwidth, Option<Emulator>), BoxError> {
    if env::var_os("BANDWIDTH_ACCOUNT_ID").is_some_and(|account| !account.is_empty()) {
        return Ok((Bandwidth::from_env()?, None));
    }
    let emulator = Emulator::builder().start().await?;
    Ok((client_of(&emulator)?, Some(emulator)))
}

/// Scripts read these lines.
fn greet(port: u16, Inbox(inbox): &Inbox) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "http://127.0.0.1:{port}")?;
    if let Some(inbox) = inbox {
        writeln!(out, "the inbox is at {inbox}")?;
    }
    out.flush()
}

fn explained(port: u16, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            format!("port {port} of 127.0.0.1 is in use; choose another with --port, or --port 0 for any")
        }
        _ => format!("cannot listen on port {port} of 127.0.0.1: {error}"),
    }
}

/// Ctrl-C, or on Unix the signal by which service managers and test runners stop a program.
async fn told_to_stop() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
