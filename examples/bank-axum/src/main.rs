//! `bank-axum`: the bank on a port of this machine, until Ctrl-C.

#![forbid(unsafe_code)]

use std::process::ExitCode;

use bank::{
    Bank, Inbox, Shared,
    start_up::{bandwidth, exit, greet, listen, log},
    step_up::step_up,
};
use bank_axum::{App, redis_sessions};
use clap::Parser;
use mfakit::BoxError;
use mfakit_emulator::Emulator;
use tokio::net::TcpListener;
use tower_sessions::MemoryStore;

/// A small bank that asks for a code before money moves.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// The port to listen on, always on 127.0.0.1; 0 picks a free one.
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// Send codes to the local emulator, even if the environment names Bandwidth.
    #[arg(long)]
    emulator: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    log();
    exit("bank-axum", serve(&options).await)
}

async fn serve(options: &Options) -> Result<(), BoxError> {
    let listener = listen(options.port)?;
    let port = listener.local_addr()?.port();
    let shared = Shared::from_env()?;
    // Held to the end: the emulator stops when it is dropped.
    let (bandwidth, emulator) = bandwidth(options.emulator, &listener).await?;

    let bank = Bank::open()?;
    let engine = step_up(bandwidth, port, &bank);
    let inbox = Inbox(emulator.as_ref().map(Emulator::inbox_url));
    let router = match shared {
        None => App { bank, mfa: engine.build()?, inbox: inbox.clone() }.router(MemoryStore::default()),
        Some(shared) => {
            let mfa = shared.engine(engine).await?.build()?;
            App { bank, mfa, inbox: inbox.clone() }.router(redis_sessions(shared.redis_url()).await?)
        }
    };
    greet(port, &inbox)?;
    axum::serve(TcpListener::from_std(listener)?, router).with_graceful_shutdown(told_to_stop()).await?;
    Ok(())
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
