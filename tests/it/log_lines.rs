//! A line of the log names the user, the event, the reason and the action, and stays one line [LOG-1, LOG-3].

use std::{
    io::{self, Write},
    sync::{Arc, LazyLock, Mutex},
};

use mfakit::{
    Channel, ClientAddress, Code, Mfa, PhoneNumber, Requirement, Scope, StartRequest, Subject, UserId,
    testing::{ManualClock, TestProvider},
};
use mfakit_core::{
    action::{Action, Money, Words},
    adapter::MfaBoundExt as _,
};
use serde::{Deserialize, Serialize};
use tracing::{Dispatch, subscriber::NoSubscriber};

/// A second subscriber. While a process has only one, tracing decides whether an event is enabled on the thread
/// that reaches it first, and keeps a negative answer for all threads.
static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::default()));

/// Log, line by line.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub(crate) fn listen(&self) -> tracing::subscriber::DefaultGuard {
        LazyLock::force(&SECOND);
        let log = self.clone();
        let lines = tracing_subscriber::fmt().with_ansi(false).with_writer(move || log.clone());
        tracing::subscriber::set_default(lines.finish())
    }

    /// Returns the lines since the last call.
    pub(crate) fn lines(&self) -> Vec<String> {
        let text = String::from_utf8(std::mem::take(&mut self.0.lock().unwrap())).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    /// Returns the one line since the last call.
    fn line(&self) -> String {
        let lines = self.lines();
        assert_eq!(lines.len(), 1, "{lines:#?}");
        lines.into_iter().next().unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn pay() -> Scope {
    Scope::new("pay").unwrap()
}

/// Builds an engine whose directory has one number and fails for all other users.
fn engine() -> (Mfa, TestProvider) {
    let provider = TestProvider::new();
    let mfa = Mfa::builder(provider.clone(), "https://bank.example")
        .scope("pay", "make a payment")
        .directory(async |user: UserId| match user.as_str() {
            "alice" => Ok(PhoneNumber::new("+19195551234").ok()),
            other => Err(io::Error::other(format!("no table for {other}\r\nforged: all is well"))),
        })
        .messaging_to(["US"])
        .clock(ManualClock::new())
        .client_address(ClientAddress::Direct)
        .build()
        .unwrap();
    (mfa, provider)
}

/// Returns the value of a field.
fn field<'a>(line: &'a str, name: &str) -> &'a str {
    let (_, rest) = line.split_once(&format!(" {name}=")).unwrap_or_else(|| panic!("no {name} in {line}"));
    rest.split(' ').next().unwrap()
}

#[tokio::test]
async fn a_line_names_the_user_the_event_the_way_and_the_reason() {
    let (mfa, provider) = engine();
    let (log, alice) =
        (Log::default(), Subject::cookie("alice", "00000000000000000000000000000001".parse().unwrap()));
    let _listening = log.listen();
    let request = || StartRequest::new(pay(), Channel::Messaging).address(Some("192.0.2.1".parse().unwrap()));

    let denied = mfa.check(Some(&alice), &Requirement::new(pay()), None).await;
    assert!(denied.is_ok());
    let denied = log.line();
    let started = mfa.start(&alice, request()).await.unwrap();
    let sent = log.line();
    assert!(mfa.start(&alice, request()).await.is_err());
    let limited = log.line();
    let right = Code::parse(&provider.last_code().unwrap()).unwrap();
    let wrong = Code::parse(if right.expose_digits() == "000000" { "000001" } else { "000000" }).unwrap();
    assert!(mfa.verify(&alice, &pay(), &started.id, &wrong).await.is_err());
    let rejected = log.line();
    assert!(mfa.verify(&alice, &pay(), &started.id, &right).await.is_ok());
    let granted = log.line();
    assert!(mfa.verify(&alice, &pay(), &started.id, &right).await.is_ok());
    let repeated = log.line();
    mfa.revoke_grant(&alice, &pay()).await.unwrap();
    let revoked = log.line();
    assert!(mfa.verify(&alice, &pay(), &started.id, &right).await.is_err());
    let over = log.line();

    for (line, message) in [
        (&denied, "request denied by a guard"),
        (&sent, "code sent"),
        (&limited, "code not sent: limit reached"),
        (&rejected, "code rejected"),
        (&granted, "code accepted: grant made"),
        (&repeated, "code entered again: same grant"),
        (&revoked, "grants revoked"),
    ] {
        assert!(line.contains(&format!(" mfakit: {message} event=")), "{line}");
    }
    for (line, level, own) in [
        (&denied, " INFO", &[("event", "authz_fail"), ("outcome", "denied"), ("why", "missing")][..]),
        (
            &sent,
            " INFO",
            &[("event", "authn_code_sent"), ("outcome", "sent"), ("sent_to", "•••34"), ("region", "US")],
        ),
        (&limited, " WARN", &[("event", "excess_rate_limit_exceeded"), ("outcome", "rejected")]),
        (&rejected, " WARN", &[("event", "authn_login_fail"), ("outcome", "rejected")]),
        (&granted, " INFO", &[("event", "authn_login_successafterfail"), ("outcome", "granted")]),
        (&repeated, " INFO", &[("event", "authn_login_repeated"), ("outcome", "repeated")]),
        (&revoked, " INFO", &[("event", "authn_token_revoked"), ("outcome", "revoked")]),
        (&over, " WARN", &[("event", "sequence_fail"), ("outcome", "rejected")]),
    ] {
        assert!(line.contains(level) && line.contains("mfakit:"), "{line}");
        for (name, value) in own.iter().chain(&[("user", "alice"), ("scope", "pay")]) {
            assert_eq!(field(line, name), format!("\"{value}\""), "{line}");
        }
        // A session has the same fingerprint in every line.
        assert_eq!(field(line, "session"), field(&denied, "session"), "{line}");
    }
    for line in [&sent, &limited, &rejected, &granted, &repeated] {
        assert_eq!((field(line, "channel"), field(line, "amr")), ("\"messaging\"", "\"sms\""), "{line}");
    }
    for line in [&rejected, &granted, &repeated, &over] {
        assert_eq!(field(line, "challenge"), field(&sent, "challenge"), "{line}");
    }
    for line in [&sent, &limited] {
        assert_eq!(field(line, "address"), "\"192.0.2.1\"", "{line}");
    }
    assert_eq!(field(&limited, "retry_after_s"), "30");
    assert_eq!((field(&rejected, "attempts_left"), field(&rejected, "failures")), ("4", "1"));
    for line in [&granted, &repeated] {
        assert_eq!(field(line, "lifetime_s"), "600");
    }
}

#[tokio::test]
async fn no_name_and_no_error_breaks_its_line() {
    let (mfa, _) = engine();
    let log = Log::default();
    let _listening = log.listen();
    let mallory =
        Subject::bearer("mallory\r\nforged: event=\"authn_login_success\"\u{1b}[31m\u{2028}", "jti");
    assert!(mfa.check(Some(&mallory), &Requirement::new(pay()), None).await.is_ok());
    let request = StartRequest::new(pay(), Channel::Messaging).address(Some("192.0.2.1".parse().unwrap()));
    assert!(mfa.start(&mallory, request).await.is_err());
    let lines = log.lines();
    // The lines of the guard, the directory and the start.
    assert_eq!(lines.len(), 3, "{lines:#?}");
    for line in &lines {
        assert!(line.contains(" mfakit: ") && line.contains("forged"), "{line}");
        assert!(!line.contains(['\r', '\u{1b}', '\u{2028}']), "{line:?}");
    }
}

/// Order whose payee and reference a stranger wrote.
#[derive(Serialize, Deserialize)]
struct Order {
    payee: String,
}

impl Action for Order {
    fn words(&self) -> Words {
        let words = Words::new().with_amount("100.00 EUR".parse::<Money>().unwrap());
        words.with_payee(&self.payee).with_line("Reference", self.payee.as_str())
    }
}

#[tokio::test]
async fn a_line_about_an_action_names_its_approval_and_its_words() {
    let (mfa, _) = engine();
    let (log, alice) = (Log::default(), Subject::bearer("alice", "jti"));
    let _listening = log.listen();
    let order = Order { payee: "ACME\r\nforged: event=\"authn_login_success\"\u{202e}\u{1b}[31m".to_owned() };
    let approval = mfa.propose(&alice, &Requirement::new(pay()), &order, None).await.unwrap().approval;
    let request = StartRequest::new(pay(), Channel::Messaging).address(Some("192.0.2.1".parse().unwrap()));
    assert!(mfa.start(&alice, request.approval(approval.id)).await.is_ok());
    let sent = log.line();
    assert_eq!(field(&sent, "approval"), format!("\"{}\"", approval.id));
    assert_eq!(field(&sent, "digest"), format!("\"{}\"", approval.digest));
    assert!(
        sent.contains(" amount=\"100.00 EUR\" payee=\"ACME forged: event=\\\"authn_login_success\\\" [31m\""),
        "{sent}"
    );
    assert!(sent.contains(" lines=\"Reference: ACME forged"), "{sent}");
    assert!(!sent.contains(['\r', '\u{1b}', '\u{202e}']), "{sent:?}");
}
