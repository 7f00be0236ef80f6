//! `bank-axum`: serves the bank on a local port, until Ctrl-C.

#![forbid(unsafe_code)]

use std::{net::SocketAddr, process::ExitCode};

use bank::{
    Bank, Inbox, Storage,
    notices::Notices,
    start_up::{bandwidth, exit, listen, log, print_addresses},
    step_up::step_up,
};
use bank_axum::{App, SqlSessions, redis_sessions};
use clap::Parser;
use mfakit::{BoxError, ClientAddress, notifier::OnNoticeError};
use mfakit_emulator::Emulator;
use tokio::net::TcpListener;
use tower_sessions::MemoryStore;

/// A small bank that prompts for a code before money moves.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// Port of 127.0.0.1 to listen on; 0 selects a free port.
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
    let storage = Storage::from_env().await?;
    // Keep the emulator until the end, because it stops when it is dropped.
    let (bandwidth, emulator) = bandwidth(options.emulator, &listener).await?;

    let bank = Bank::open()?;
    let notices = Notices::from_env(&bank)?;
    let engine = step_up(bandwidth, port, &bank)
        .client_address(ClientAddress::Direct)
        // A number is changed only if its owner is notified.
        .notifier(notices, OnNoticeError::Hold);
    let inbox = Inbox(emulator.as_ref().map(Emulator::inbox_url));
    let app = |mfa| App { bank, mfa, inbox: inbox.clone() };
    let router = match storage {
        Storage::Memory => app(engine.build()?).router(MemoryStore::default()),
        Storage::Redis(redis) => {
            let mfa = redis.engine(engine).await?.build()?;
            app(mfa).router(redis_sessions(redis.redis_url()).await?)
        }
        Storage::Database(database) => {
            let mfa = database.engine(engine).await?.build()?;
            app(mfa).router(SqlSessions(database.sessions()))
        }
    };
    print_addresses(port, &inbox)?;
    // `ClientAddress::Direct` reads the address of the connection.
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(TcpListener::from_std(listener)?, service).with_graceful_shutdown(shutdown_signal()).await?;
    Ok(())
}

/// Waits for Ctrl-C, or on Unix for SIGTERM, which service managers and test runners send.
async fn shutdown_signal() {
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
