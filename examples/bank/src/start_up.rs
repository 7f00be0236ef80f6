//! Start-up of a program, before it serves requests.

use std::{
    env,
    fmt::Display,
    io::{self, IsTerminal as _, Write as _},
    net::{IpAddr, Ipv4Addr, TcpListener},
    process::ExitCode,
};

use mfakit::{BoxError, bandwidth::Bandwidth};
use mfakit_emulator::Emulator;
use tracing_subscriber::EnvFilter;

use crate::emulated::client_of;

/// URL of the emulator's inbox. `None` if codes are sent to real phones.
#[derive(Clone, Debug, Default)]
pub struct Inbox(pub Option<String>);

/// Writes the log to standard error. `RUST_LOG` sets the level. Colors are used only on a terminal.
pub fn log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let colors = io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(colors).init();
}

/// Listens on a port of 127.0.0.1. 0 selects a free port. The listener is non-blocking, as the runtimes require.
///
/// # Errors
///
/// Returns an error if the port is in use or not permitted. Its text is meant for the user of the program.
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

/// Variables that name Bandwidth's service.
const VARIABLES: [&str; 10] = [
    "BANDWIDTH_ACCOUNT_ID",
    "BANDWIDTH_CLIENT_ID",
    "BANDWIDTH_CLIENT_SECRET",
    "BANDWIDTH_USERNAME",
    "BANDWIDTH_PASSWORD",
    "BANDWIDTH_FROM",
    "BANDWIDTH_MESSAGING_APPLICATION_ID",
    "BANDWIDTH_VOICE_APPLICATION_ID",
    "BANDWIDTH_BASE_URL",
    "BANDWIDTH_TOKEN_URL",
];

/// Service that sends the codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Service {
    /// Bandwidth, as named by the environment.
    Named,
    /// The local emulator.
    Emulated,
}

/// Returns the service that the environment names, or an emulator in this process. The emulator stops when it is dropped.
///
/// The emulator sends nothing, and shows every code to everyone on this machine. It starts in two cases only: on
/// request (`--emulator`), or if no variable of Bandwidth's is set and the bank listens on this machine only, which
/// is the default. A copy that listens elsewhere, or that has any of the variables set, even an empty one, does not
/// fall back to it. Behind a proxy on the same machine, start the emulator only with `--emulator`.
///
/// # Errors
///
/// Returns an error if the environment names only half of the service, if it names none where one is needed,
/// or if the emulator does not start.
pub async fn bandwidth(
    emulator: bool,
    listener: &TcpListener,
) -> Result<(Bandwidth, Option<Emulator>), BoxError> {
    let named = VARIABLES.iter().any(|name| env::var_os(name).is_some());
    match service(emulator, named, listener.local_addr()?.ip())? {
        Service::Named => Ok((Bandwidth::from_env()?, None)),
        Service::Emulated => {
            let emulator = Emulator::builder().start().await?;
            Ok((client_of(&emulator)?, Some(emulator)))
        }
    }
}

/// Chooses the service. `requested` requests the emulator, `named` is true if any variable is set, even to an
/// empty value, and `address` is where the bank listens.
fn service(requested: bool, named: bool, address: IpAddr) -> Result<Service, &'static str> {
    match (requested, named) {
        (true, _) => Ok(Service::Emulated),
        (false, true) => Ok(Service::Named),
        (false, false) if address.is_loopback() => Ok(Service::Emulated),
        (false, false) => {
            Err("no code could be sent: set BANDWIDTH_ACCOUNT_ID and its companions, or pass --emulator \
                               to show every code to everyone on this machine")
        }
    }
}

/// Prints the addresses of the bank and the inbox. Scripts read these lines.
///
/// # Errors
///
/// Returns an error if standard output is closed.
pub fn print_addresses(port: u16, Inbox(inbox): &Inbox) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "http://127.0.0.1:{port}")?;
    if let Some(inbox) = inbox {
        writeln!(out, "the inbox is at {inbox}")?;
    }
    out.flush()
}

/// Returns the exit code of a program, and prints its error in one line.
pub fn exit<E: Display>(program: &str, served: Result<(), E>) -> ExitCode {
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{program}: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_emulator_starts_on_request_or_if_no_service_is_configured() {
        let (here, everywhere) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([0, 0, 0, 0]));
        for (requested, named, address, expected) in [
            (false, false, here, Some(Service::Emulated)),
            (false, false, everywhere, None),
            (false, true, here, Some(Service::Named)),
            (false, true, everywhere, Some(Service::Named)),
            (true, false, here, Some(Service::Emulated)),
            (true, false, everywhere, Some(Service::Emulated)),
            (true, true, here, Some(Service::Emulated)),
        ] {
            assert_eq!(service(requested, named, address).ok(), expected, "{requested} {named} {address}");
        }
        assert!(service(false, false, everywhere).unwrap_err().contains("--emulator"));
    }
}
