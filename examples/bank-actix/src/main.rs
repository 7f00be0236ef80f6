//! `bank-actix`: serves the bank on a local port, until Ctrl-C.

#![forbid(unsafe_code)]

use std::{net::TcpListener, process::ExitCode};

use actix_session::storage::SessionStore;
use actix_web::HttpServer;
use bank::{
    Bank, Inbox, Storage,
    notices::Notices,
    start_up::{bandwidth, exit, listen, log, print_addresses},
    step_up::step_up,
};
use bank_actix::{RedisSessions, Sessions, SqlSessions, app};
use clap::Parser;
use mfakit::{BoxError, ClientAddress, Mfa, notifier::OnNoticeError};
use mfakit_emulator::Emulator;

/// A small bank that prompts for a code before money moves.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// Port of 127.0.0.1 to listen on; 0 selects a free port.
    #[arg(long, default_value_t = 3001)]
    port: u16,
    /// Send codes to the local emulator, even if the environment names Bandwidth.
    #[arg(long)]
    emulator: bool,
}

#[actix_web::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    log();
    exit("bank-actix", serve(&options).await)
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
    match storage {
        Storage::Memory => run(listener, bank, engine.build()?, inbox, Sessions::in_memory()).await,
        Storage::Redis(redis) => {
            let mfa = redis.engine(engine).await?.build()?;
            let store = RedisSessions::connect(redis.redis_url()).await?;
            run(listener, bank, mfa, inbox, Sessions::shared(store, redis.secret())).await
        }
        Storage::Database(database) => {
            let mfa = database.engine(engine).await?.build()?;
            let store = SqlSessions(database.sessions());
            run(listener, bank, mfa, inbox, Sessions::shared(store, database.secret())).await
        }
    }
}

/// Serves the app. Shared parts are made outside the closure, because every worker runs the closure.
async fn run<S>(
    listener: TcpListener,
    bank: Bank,
    mfa: Mfa,
    inbox: Inbox,
    sessions: Sessions<S>,
) -> Result<(), BoxError>
where
    S: SessionStore + Clone + Send + 'static,
{
    print_addresses(listener.local_addr()?.port(), &inbox)?;
    let server = HttpServer::new(move || app(bank.clone(), mfa.clone(), inbox.clone(), sessions.clone()));
    server.listen(listener)?.run().await?;
    Ok(())
}
