//! `bank-actix`: the bank on a port of this machine, until Ctrl-C.

#![forbid(unsafe_code)]

use std::process::ExitCode;

use actix_web::HttpServer;
use bank::{
    Bank, Inbox,
    start_up::{bandwidth, exit, greet, listen, log},
    step_up::step_up,
};
use bank_actix::{Sessions, app};
use clap::Parser;
use mfakit::BoxError;
use mfakit_emulator::Emulator;

/// A small bank that asks for a code before money moves.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// The port to listen on, always on 127.0.0.1; 0 picks a free one.
    #[arg(long, default_value_t = 3001)]
    port: u16,
}

#[actix_web::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    log();
    exit("bank-actix", serve(options.port).await)
}

async fn serve(port: u16) -> Result<(), BoxError> {
    let listener = listen(port)?;
    let port = listener.local_addr()?.port();
    // Held to the end: the emulator stops when it is dropped.
    let (bandwidth, emulator) = bandwidth().await?;

    let bank = Bank::open()?;
    let mfa = step_up(bandwidth, port, &bank).build()?;
    let inbox = Inbox(emulator.as_ref().map(Emulator::inbox_url));
    greet(port, &inbox)?;
    // Made out here: what is made in there is made by every worker.
    let sessions = Sessions::new();
    let server = HttpServer::new(move || app(bank.clone(), mfa.clone(), inbox.clone(), sessions.clone()));
    server.listen(listener)?.run().await?;
    Ok(())
}
