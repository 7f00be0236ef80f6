//! What a program does before it serves.

use std::{
    env,
    fmt::Display,
    io::{self, IsTerminal as _, Write as _},
    net::{Ipv4Addr, TcpListener},
    process::ExitCode,
};

use mfakit::{BoxError, bandwidth::Bandwidth};
use mfakit_emulator::Emulator;
use tracing_subscriber::EnvFilter;

use crate::emulated::client_of;

/// Where a person reads what the emulator sent. Empty when codes go to real phones.
#[derive(Clone, Debug, Default)]
pub struct Inbox(pub Option<String>);

/// Writes the log to standard error: as much as `RUST_LOG` says, in colours where somebody looks at it.
pub fn log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(colours).init();
}

/// Listens on a port of 127.0.0.1; 0 is any free one. Ready for a runtime, which wants it not to block.
///
/// # Errors
///
/// In words for whoever typed the port.
pub fn listen(port: u16) -> Result<TcpListener, BoxError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => {
            format!("port {port} of 127.0.0.1 is in use; choose another with --port, or --port 0 for any")
        }
        _ => format!("cannot listen on port {port} of 127.0.0.1: {error}"),
    })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// The service that the environment names or, where it names none, an emulator in this process, which stops
/// when it is dropped.
///
/// # Errors
///
/// When the environment names only half of the service, or the emulator does not start.
pub async fn bandwidth() -> Result<(Bandwidth, Option<Emulator>), BoxError> {
    if env::var_os("BANDWIDTH_ACCOUNT_ID").is_some_and(|account| !account.is_empty()) {
        return Ok((Bandwidth::from_env()?, None));
    }
    let emulator = Emulator::builder().start().await?;
    Ok((client_of(&emulator)?, Some(emulator)))
}

/// Says where everything is. Scripts read these lines.
///
/// # Errors
///
/// When standard output is closed.
pub fn greet(port: u16, Inbox(inbox): &Inbox) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "http://127.0.0.1:{port}")?;
    if let Some(inbox) = inbox {
        writeln!(out, "the inbox is at {inbox}")?;
    }
    out.flush()
}

/// How a program ends, with one line about what went wrong.
pub fn exit<E: Display>(program: &str, served: Result<(), E>) -> ExitCode {
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{program}: {error}");
            ExitCode::FAILURE
        }
    }
}
