//! The check of SIM swaps, against a server that plays recorded answers.

use std::time::Duration;

use mfakit::{
    Channel, Clock as _, Code, DeclaredScope, LiveChallenge, LoginId, MemoryNumberBook, Mfa,
    NumberCheck as _, NumberOnFile, PhoneNumber, Scope, StartError, StartRequest, Subject, VerifyError,
    number_check::{Inquiry, Moment, OnCheckError, OnCheckErrors},
    testing::{ManualClock, TestProvider},
};
use serde_json::json;
use tokio::sync::watch;

use super::{
    SimSwap,
    stub::{Reply, Stub},
};

const ALICES: &str = "+19195551234";
const HOUR: Duration = Duration::from_secs(60 * 60);

struct Bank {
    mfa: Mfa,
    provider: TestProvider,
    clock: ManualClock,
    book: MemoryNumberBook,
    carrier: Stub,
    token: watch::Sender<String>,
}

fn sim_swap(carrier: &Stub, token: watch::Receiver<String>) -> SimSwap {
    let (http, url) = (reqwest::Client::new(), format!("{}/sim-swap/v2", carrier.url));
    SimSwap { http, url, token, timeout: Duration::from_millis(500) }
}

async fn bank(on_errors: OnCheckErrors) -> Bank {
    let (provider, clock, book, carrier) =
        (TestProvider::new(), ManualClock::new(), MemoryNumberBook::new(), Stub::start().await);
    let (token, current) = watch::channel("first".to_owned());
    let check = sim_swap(&carrier, current);
    let mfa = Mfa::builder(provider.clone(), "https://bank.example")
        .scope("pay", "pay")
        .declare(DeclaredScope::new("payout", "pay out").settled(48 * HOUR))
        .number_book(book.clone())
        .messaging_to(["US"])
        .number_check(check, on_errors)
        .clock(clock.clone())
        .build()
        .unwrap();
    let bank = Bank { mfa, provider, clock, book, carrier, token };
    bank.confirmed(30 * 24 * HOUR);
    bank
}

impl Bank {
    /// Puts the number of Alice on file, as confirmed this long ago.
    fn confirmed(&self, ago: Duration) {
        let at = self.clock.now() - ago;
        self.book.set("alice", NumberOnFile::new(PhoneNumber::new(ALICES).unwrap(), at));
    }

    async fn start(&self, alice: &Subject, scope: &str) -> Result<LiveChallenge, StartError> {
        self.clock.advance(Duration::from_secs(10 * 60));
        let scope = Scope::new(scope).unwrap_or(Scope::MANAGE);
        let request = StartRequest::new(scope, Channel::Messaging);
        self.mfa.start(alice, request).await
    }
}

fn alice() -> Subject {
    Subject::cookie("alice", LoginId::random())
}

#[tokio::test]
async fn the_carrier_is_asked_as_its_specification_says() {
    let bank = bank(OnCheckErrors::default()).await;
    for (ago, hours) in [(1000 * HOUR, 48), (48 * HOUR, 48)] {
        bank.confirmed(ago);
        bank.carrier.plays(Reply::json(200, r#"{"swapped":false}"#));
        bank.start(&alice(), "payout").await.unwrap();
        let asked = bank.carrier.asked();
        assert_eq!(asked.len(), 1);
        assert_eq!(
            (asked[0].path.as_str(), asked[0].authorization.as_str()),
            ("/sim-swap/v2/check", "Bearer first")
        );
        assert_eq!(asked[0].body, json!({ "phoneNumber": ALICES, "maxAge": hours }));
    }
    bank.confirmed(1000 * HOUR);
    bank.token.send_replace("second".to_owned());
    bank.start(&alice(), "mfakit.manage").await.unwrap();
    let asked = bank.carrier.asked();
    assert_eq!(asked[0].authorization, "Bearer second");
    assert_eq!(asked[0].body, json!({ "phoneNumber": ALICES, "maxAge": 72 }));
    bank.start(&alice(), "pay").await.unwrap();
    assert!(bank.carrier.asked().is_empty(), "other scopes cost no call");
}

#[tokio::test]
async fn a_swapped_sim_card_gets_no_code_and_completes_none() {
    let bank = bank(OnCheckErrors::default()).await;
    let alice = alice();
    bank.carrier.plays(Reply::json(200, r#"{"swapped":false}"#));
    let challenge = bank.start(&alice, "payout").await.unwrap();
    bank.carrier.plays(Reply::json(200, r#"{"swapped":true}"#));
    let payout = Scope::new("payout").unwrap();
    let code = Code::parse(&bank.provider.last_code().unwrap()).unwrap();
    let entered = bank.mfa.verify(&alice, &payout, &challenge, &code).await;
    assert!(matches!(entered, Err(VerifyError::ChallengeOver)), "{entered:?}");
    for scope in ["payout", "mfakit.manage"] {
        let started = bank.start(&alice, scope).await;
        assert!(matches!(started, Err(StartError::NumberRejected { .. })), "{started:?}");
    }
    bank.start(&alice, "pay").await.unwrap();
    assert_eq!((bank.provider.sends(), bank.provider.verifies()), (2, 0));
}

/// Answers of a carrier that say nothing about the SIM card.
fn failures() -> Vec<(&'static str, Reply)> {
    let error = |status: u16, code: &str| {
        Reply::json(status, &json!({ "status": status, "code": code, "message": ALICES }).to_string())
    };
    vec![
        ("a period that the operator does not keep", error(400, "OUT_OF_RANGE")),
        ("an expired token", error(401, "UNAUTHENTICATED")),
        ("a token without the scope", error(403, "PERMISSION_DENIED")),
        ("a number that the carrier does not have", error(404, "IDENTIFIER_NOT_FOUND")),
        ("a landline", error(422, "SERVICE_NOT_APPLICABLE")),
        ("too many requests", error(429, "QUOTA_EXCEEDED")),
        ("an error of the carrier", error(500, "INTERNAL")),
        ("a page", Reply::json(200, "<html>Sign in to the Wi-Fi</html>")),
        ("another type", Reply::json(200, r#"{"swapped":"+19195551234"}"#)),
        ("no answer in the object", Reply::json(200, "{}")),
        ("an empty body", Reply::json(200, "")),
        ("a connection that is closed", Reply::Close),
        ("half an answer", Reply::Cut),
        ("no answer in time", Reply::Hang),
    ]
}

#[tokio::test]
async fn every_other_answer_is_an_error_that_closes_settled_scopes_and_opens_others() {
    for (name, reply) in failures() {
        let bank = bank(OnCheckErrors::default()).await;
        bank.carrier.plays(reply);
        let started = bank.start(&alice(), "payout").await;
        assert!(matches!(started, Err(StartError::Unavailable)), "{name}: {started:?}");
        assert_eq!(bank.provider.sends(), 0, "{name}");
        bank.start(&alice(), "mfakit.manage").await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(bank.carrier.asked().len(), 2, "{name}");
    }
}

#[tokio::test]
async fn the_app_decides_at_each_moment_if_the_carrier_does_not_answer() {
    let on_errors = OnCheckErrors::default().send(OnCheckError::Reject).settled(OnCheckError::Accept);
    let bank = bank(on_errors).await;
    bank.carrier.plays(Reply::Hang);
    bank.start(&alice(), "payout").await.unwrap();
    let managing = bank.start(&alice(), "mfakit.manage").await;
    assert!(matches!(managing, Err(StartError::Unavailable)), "{managing:?}");
}

#[tokio::test]
async fn the_texts_of_its_errors_have_no_number() {
    for (name, reply) in failures() {
        let carrier = Stub::start().await;
        carrier.plays(reply);
        let check = sim_swap(&carrier, watch::channel("first".to_owned()).1);
        let (alice, number) = (alice(), PhoneNumber::new(ALICES).unwrap());
        let inquiry = Inquiry::new(Moment::Settled, &alice, &Scope::MANAGE, Channel::Messaging, &number);
        let error = check.check(&inquiry).await.unwrap_err();
        let causes = std::iter::successors(Some(&*error as &dyn std::error::Error), |error| error.source());
        let text = causes.map(ToString::to_string).collect::<Vec<_>>().join(": ");
        assert!(!text.contains(&ALICES[2..]) && !text.contains("first"), "{name}: {text}");
    }
}
