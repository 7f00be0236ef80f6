//! Log at trace level: of this crate, and of hyper-util and rustls below it. (hyper itself logs only if it is
//! built with a special flag.)

use std::{
    fmt, io,
    sync::{Arc, Mutex},
};

use tracing_subscriber::{fmt::MakeWriter, util::SubscriberInitExt};

use super::*;

/// Writer that keeps the log.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }

    fn note(&self, value: &impl fmt::Debug) {
        self.0.lock().unwrap().extend(format!("{value:?}\n{value:#?}\n").bytes());
    }

    fn note_error(&self, error: &ProviderError) {
        self.note(error);
        let mut cause: Option<&dyn std::error::Error> = Some(error);
        while let Some(error) = cause {
            self.0.lock().unwrap().extend(format!("{error}\n").bytes());
            cause = error.source();
        }
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_secret_token_code_or_number_is_logged_at_trace_level_or_shown() {
    let log = Log::default();
    // Includes the records of the `log` crate.
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish()
        .try_init()
        .unwrap();

    // Names, secrets and tokens all begin with `hush`.
    for credentials in [
        || Credentials::basic("hush-user", "hush-pass"),
        || Credentials::oauth2("hush-client", "hush-secret"),
    ] {
        let server = repeating_server().await;
        log.note(&credentials());
        log.note(&set_up(&server, credentials()));
        let bandwidth = set_up(&server, credentials()).build().unwrap();
        log.note(&bandwidth);
        for _ in 0..6 {
            match verify(&bandwidth).await {
                Ok(verdict) => log.note(&verdict),
                Err(error) => log.note_error(&error),
            }
            match send(&bandwidth).await {
                Ok(accepted) => log.note(&accepted),
                Err(error) => log.note_error(&error),
            }
        }
        assert!(server.count("verify") >= 6 && server.count("messaging") >= 6);
    }

    assert_complete_and_free_of_secrets(&log.text());
}

/// Starts a server whose failures repeat secrets, codes and numbers of the request.
async fn repeating_server() -> Server {
    Server::start(|call, nth| match (call.endpoint(), nth) {
        ("token", _) => {
            Act::Answer(200, format!(r#"{{"access_token": "hush-token-{nth}", "expires_in": 9}}"#))
        }
        (_, 1) => {
            // Resembles the answer of Amazon's gateway to a header that it cannot read.
            let header = call.header("authorization").unwrap();
            let words = format!("918273 for +19195551234 not valid in Authorization header: '{header}'");
            Act::Answer(403, format!(r#"{{"message": "{words}"}}"#))
        }
        (_, 2) => Act::answer(401, r#"{"message": "Unauthorized"}"#),
        (_, 3) => Act::Drop,
        (_, 4) => Act::answer(200, "not JSON: 918273 +19195551234"),
        _ => well(call),
    })
    .await
}

fn assert_complete_and_free_of_secrets(text: &str) {
    for control in [
        "Bandwidth answered a send",
        "December 2, 2026",
        "connecting to 127.0.0.1",
        "pooling idle connection",
        "9900000",
    ] {
        assert!(text.contains(control), "the log is incomplete: it does not contain {control:?}");
    }
    for secret in ["hush", "aHVzaC", "918273", "9195551234", "9195554321", "abcdefghijklmnop", "{CODE}"] {
        let line = text.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret:?} is in the log: {line:?}");
    }
}
