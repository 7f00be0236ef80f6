//! `mfakit-emulator`: Bandwidth's MFA API on a port of this machine, until Ctrl-C.

#![forbid(unsafe_code)]

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser;
use mfakit_emulator::Emulator;
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Bandwidth's MFA API on your desk, with an inbox for the codes it sends.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// The port to listen on, always on 127.0.0.1; 0 picks a free one.
    #[arg(long, default_value_t = 4010)]
    port: u16,

    /// How many wrong codes of one number are answered before the next one is a 429.
    #[arg(long, default_value_t = 5)]
    verify_limit: u32,

    /// The user name and OAuth2 client id that pass.
    #[arg(long, default_value = "emulator")]
    username: String,

    /// The password and OAuth2 client secret that pass.
    #[arg(long, default_value = "emulator")]
    password: String,

    /// What {NAME} becomes in messages.
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
            report(&explained(port, &error));
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
    if let Err(error) = greet(&emulator) {
        // Whoever reads the output may go away first; the emulator is of use without being read.
        report(&format!("cannot write where it listens: {error}"));
    }
    emulator.run_until(signals.arrive()).await;
    ExitCode::SUCCESS
}

fn greet(emulator: &Emulator) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "Bandwidth's MFA API, emulated at {}", emulator.base_url())?;
    writeln!(out, "Read what it sends at            {}", emulator.inbox_url())?;
    writeln!(out, "\nPoint an app at it:\n")?;
    for (name, value) in emulator.environment() {
        writeln!(out, "  {name}={value}")?;
    }
    writeln!(
        out,
        "\nThe client id and secret are the user name and password of Basic as well. Ctrl-C ends it."
    )?;
    out.flush()
}

fn explained(port: u16, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "port {port} of 127.0.0.1 is in use, perhaps by another emulator; choose one with --port, or --port 0 for any"
        ),
        io::ErrorKind::PermissionDenied => {
            format!("port {port} needs rights this user has not; choose one above 1023")
        }
        _ => format!("cannot start: {error}"),
    }
}

fn report(words: &str) {
    let _ = writeln!(io::stderr(), "mfakit-emulator: {words}");
}

/// Signals that end the program: Ctrl-C, and on Unix also the signal with which service managers and test
/// runners stop it.
#[cfg(unix)]
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

#[cfg(unix)]
impl Signals {
    /// Starts to listen for signals, so that the program can end cleanly as soon as it has printed its
    /// addresses.
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
