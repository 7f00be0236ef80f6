//! `mfakit-emulator`: emulates Bandwidth's MFA API on a local port, until Ctrl-C.

#![forbid(unsafe_code)]

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use clap::Parser;
use mfakit_emulator::Emulator;
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// A local emulator of Bandwidth's MFA API, with an inbox for the codes that it sends.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// Port of 127.0.0.1 to listen on; 0 selects a free port.
    #[arg(long, default_value_t = 4010)]
    port: u16,

    /// Wrong codes per phone number after which a verify is answered with a 429.
    #[arg(long, default_value_t = 5)]
    verify_limit: u32,

    /// Accepted user name and OAuth2 client id.
    #[arg(long, default_value = "emulator")]
    username: String,

    /// Accepted password and OAuth2 client secret.
    #[arg(long, default_value = "emulator")]
    password: String,

    /// Replacement for {NAME} in messages.
    #[arg(long, default_value = "Emulator")]
    name: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    let port = options.port;
    let started = Emulator::builder()
        .port(port)
        .verify_limit(options.verify_limit)
        .credentials(options.username, options.password)
        .name(options.name)
        .start()
        .await;
    let emulator = match started {
        Ok(emulator) => emulator,
        Err(error) => {
            report(&explain(port, &error));
            return ExitCode::FAILURE;
        }
    };
    let signals = match Signals::listen() {
        Ok(signals) => signals,
        Err(error) => {
            report(&format!("cannot listen for signals: {error}"));
            return ExitCode::FAILURE;
        }
    };
    if let Err(error) = print_addresses(&emulator) {
        // Keep running, because the emulator is useful even if its output is not read.
        report(&format!("cannot print the addresses: {error}"));
    }
    emulator.run_until(signals.arrive()).await;
    ExitCode::SUCCESS
}

fn print_addresses(emulator: &Emulator) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "Bandwidth's MFA API is emulated at {}", emulator.base_url())?;
    writeln!(out, "Read the sent codes at              {}", emulator.inbox_url())?;
    writeln!(out, "\nTo point an app at it, set:\n")?;
    for (name, value) in emulator.environment() {
        writeln!(out, "  {name}={value}")?;
    }
    writeln!(
        out,
        "\nThe client id and secret are also the user name and password for Basic authentication. Press Ctrl-C to stop."
    )?;
    out.flush()
}

fn explain(port: u16, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "port {port} of 127.0.0.1 is in use, perhaps by another emulator; choose another with --port, or a free one with --port 0"
        ),
        io::ErrorKind::PermissionDenied => {
            format!("no permission to listen on port {port}; choose a port above 1023")
        }
        _ => format!("cannot start: {error}"),
    }
}

fn report(error: &str) {
    let _ = writeln!(io::stderr(), "mfakit-emulator: {error}");
}

/// Signals that stop the program: Ctrl-C, and on Unix also SIGTERM, which service managers and test runners send.
#[cfg(unix)]
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

#[cfg(unix)]
impl Signals {
    /// Starts to listen for signals, so that the program can stop cleanly as soon as it has printed its addresses.
    fn listen() -> io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits for one of the signals.
    async fn arrive(mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    async fn arrive(self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
