//! Audit events: one record for each start, the right names, and no secret [LOG-1, LOG-2, LOG-3].

use std::{
    io,
    sync::{Arc, Mutex, atomic::Ordering},
    time::Duration,
};

use async_trait::async_trait;
use mfakit_core::{
    Channel, MemoryStore, Observer, Requirement, Scope, Secret, StartRequest, Subject, VerifyError,
    event::{Event, TracingObserver},
    policy::Limit,
    provider::ProviderErrorKind,
    store::StoreError,
    testing::{HookedStore, StoreHook, Verb},
};
use tracing_subscriber::fmt::MakeWriter;

use crate::{
    shared_memory::SharedMemory,
    world::{RecordedEvents, World, alice, brisk, pay, user, world, world_of, world_with},
};

/// Returns the number of decision records, which must be one of the expected kind.
fn records(events: &RecordedEvents, sent: bool) -> usize {
    let names = events.names();
    let sends = names.iter().filter(|name| **name == "authn_code_sent").count();
    let rejected =
        names.iter().filter(|name| matches!(**name, "authn_code_refused" | "excess_rate_limit_exceeded"));
    let rejections = rejected.count();
    assert_eq!((sends, rejections), (usize::from(sent), usize::from(!sent)), "{names:?}");
    sends + rejections
}

/// Store hook that fails at one verb, with an error or a panic.
struct FailsAt {
    verb: Verb,
    panics: bool,
}

#[async_trait]
impl StoreHook for FailsAt {
    async fn before(&self, verb: Verb) -> Result<(), StoreError> {
        match verb == self.verb {
            true if self.panics => panic!("the store has a bug at {verb:?}"),
            true => Err(StoreError::new("away")),
            false => Ok(()),
        }
    }
}

#[tokio::test]
async fn every_start_has_one_record_of_its_outcome() {
    let start = async |world: &World, scope: &str, channel| {
        let _started =
            world.mfa.start(&alice(), StartRequest::new(Scope::new(scope).unwrap(), channel)).await;
    };
    let world = world();
    world.events.names();
    start(&world, "pay", Channel::Messaging).await;
    records(&world.events, true);
    for (scope, channel) in
        [("pay", Channel::Messaging), ("pay", Channel::Voice), ("undeclared", Channel::Messaging)]
    {
        start(&world, scope, channel).await;
        records(&world.events, false);
    }
    world.clock.advance(Duration::from_secs(60 * 60));
    for number in [Some("+18765551234"), Some("+19005551234"), Some("nonsense"), None] {
        *world.number.lock().unwrap() = number;
        start(&world, "pay", Channel::Messaging).await;
        records(&world.events, false);
    }
    *world.number.lock().unwrap() = Some("+19195551234");
    for kind in [ProviderErrorKind::Failed, ProviderErrorKind::Throttled { retry_after: Duration::ZERO }] {
        world.clock.advance(Duration::from_secs(60 * 60));
        world.provider.fail_next_send(kind);
        start(&world, "pay", Channel::Messaging).await;
        records(&world.events, false);
    }
}

#[tokio::test]
async fn a_start_has_one_record_at_whichever_verb_the_store_fails() {
    for (verb, sent) in
        [(Verb::ReserveSend, false), (Verb::ReserveBudget, false), (Verb::OpenChallenge, true)]
    {
        for panics in [false, true] {
            let store = HookedStore::new(MemoryStore::new(), FailsAt { verb, panics });
            let world = world_with(|builder| builder.store(store));
            world.events.names();
            assert!(world.start(&alice()).await.is_err());
            records(&world.events, sent);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_that_is_revoked_in_flight_is_recorded_as_sent() {
    let (world, alice) = (world(), alice());
    world.provider.delay(Duration::from_secs(1));
    let (mfa, sender) = (world.mfa.clone(), alice.clone());
    let request = StartRequest::new(pay(), Channel::Messaging);
    let start = tokio::spawn(async move { mfa.start(&sender, request).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    world.mfa.revoke_user(alice.user()).await.unwrap();
    assert!(start.await.unwrap().is_err());
    records(&world.events, true);
}

#[tokio::test]
async fn a_ceremony_is_recorded_with_the_names_of_the_vocabulary() {
    let (world, alice) = (world_of(brisk().lock_after(2).disable_after(4)), alice());
    world.events.names();
    let expect = |expected: &[&str]| assert_eq!(world.events.names(), expected);
    let requirement = Requirement::new(pay()).once();

    let _denied = world.reason(&alice, requirement, None).await;
    expect(&["authz_fail"]);
    let live = world.start(&alice).await.unwrap();
    expect(&["authn_code_sent"]);
    let _again = world.start(&alice).await;
    expect(&["excess_rate_limit_exceeded"]);
    world.guess(&alice, &live).await;
    expect(&["authn_login_fail"]);
    let verified = world.answer(&alice, &live, &world.right_code()).await.unwrap();
    expect(&["authn_login_successafterfail"]);
    let _again = world.answer(&alice, &live, &world.right_code()).await;
    expect(&["authn_login_repeated"]);
    let _over = world.answer(&alice, &live, &world.wrong_code()).await;
    expect(&["authn_login_fail"]);
    let _over = world.answer(&user("alice"), &live, &world.right_code()).await;
    expect(&["sequence_fail"]);
    let _used = world.mfa.consume(Some(&alice), &requirement, verified.token.as_ref()).await;
    expect(&["authn_token_consumed"]);
    let _verified = world.succeed(&alice).await;
    expect(&["authn_code_sent", "authn_login_successafterfail"]);

    let live = world.start_after_the_wait(&alice).await;
    world.guess(&alice, &live).await;
    world.guess(&alice, &live).await;
    expect(&["authn_code_sent", "authn_login_fail", "authn_login_fail", "authn_login_lock"]);
    let _locked = world.answer(&alice, &live, &world.right_code()).await;
    let _locked = world.start(&alice).await;
    expect(&["excess_rate_limit_exceeded", "excess_rate_limit_exceeded"]);
    world.clock.advance(Duration::from_secs(30 * 60));
    let live = world.start(&alice).await.unwrap();
    world.guess(&alice, &live).await;
    world.guess(&alice, &live).await;
    expect(&["authn_code_sent", "authn_login_fail", "authn_login_fail", "authn_login_fail_max"]);
    world.mfa.unlock(alice.user()).await.unwrap();
    world.mfa.forget_number(alice.user()).await.unwrap();
    world.mfa.revoke_user(alice.user()).await.unwrap();
    expect(&["authn_login_unlock", "authn_number_forgotten", "authn_token_revoked"]);
}

#[tokio::test]
async fn a_surge_of_rejections_raises_an_event_and_blocks_no_user() {
    let world = world_of(brisk().rejections(Limit::new(3, Duration::from_secs(10 * 60))));
    let mut surges = Vec::new();
    for n in 0..5 {
        let subject = user(&format!("user {n}"));
        let live = world.start(&subject).await.unwrap();
        world.guess(&subject, &live).await;
        surges.push(world.events.names().contains(&"authn_login_fail_surge"));
        assert!(world.answer(&subject, &live, &world.right_code()).await.is_ok());
    }
    assert_eq!(surges, [false, false, false, true, true]);
}

/// Observer that forwards to two others.
struct Both(RecordedEvents, TracingObserver);

impl Observer for Both {
    fn observe(&self, event: &Event<'_>) {
        self.0.observe(event);
        self.1.observe(event);
    }
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test(start_paused = true)]
async fn no_event_and_no_log_line_shows_a_secret() {
    let lines = Lines::default();
    let log = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false);
    // While a process has only one subscriber, tracing asks the thread that meets an event first whether anything
    // listens there, and remembers a negative answer for all threads.
    let _second = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
    let _listening = tracing::subscriber::set_default(log.with_writer(lines.clone()).finish());
    let (events, store) = (RecordedEvents::default(), SharedMemory::default());
    let observer = Both(events.clone(), TracingObserver);
    let secret = Secret::new([1; 32]).unwrap();
    let world = world_with(|builder| builder.observer(observer).store(store.store()).secret(secret));
    let alice = alice();
    let program = Subject::bearer("alice", "the-jti-of-a-program");
    let live = world.start(&alice).await.unwrap();
    world.guess(&alice, &live).await;
    world.provider.fail_next_verify(ProviderErrorKind::Failed);
    let _failed = world.answer(&alice, &live, &world.right_code()).await;
    let _foreign = world.answer(&program, &live, &world.right_code()).await;
    let code = world.right_code();
    let verified = world.answer(&alice, &live, &code).await.unwrap();
    let _denied = world.reason(&program, Requirement::new(pay()), None).await;
    world.mfa.unlock(alice.user()).await.unwrap();
    world.mfa.revoke_login(alice.user(), alice.login()).await.unwrap();
    store.faults.silent.store(true, Ordering::SeqCst);
    let silent = world.answer(&alice, &live, &code).await;
    assert!(matches!(silent, Err(VerifyError::Unavailable)), "{silent:?}");

    let text = format!("{}{}", events.text(), String::from_utf8(lines.0.lock().unwrap().clone()).unwrap());
    for name in ["CodeSent", "authn_code_sent", "CodeRejected", "authn_token_revoked", "sys_store_failed"] {
        assert!(text.contains(name), "{name} is not in {text}");
    }
    let token = verified.token.unwrap();
    let hexadecimal: String = live.id.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    for (what, secret) in [
        ("the number", "9195551234"),
        ("the token", token.expose()),
        ("the session", &alice.login().to_string()),
        ("the program's session", &program.login().to_string()),
        ("the program's token", "the-jti-of-a-program"),
        ("the challenge", &live.id.encode()),
        ("the challenge in hexadecimal", &hexadecimal),
        ("the provider's scope", &world.provider.inbox()[0].scope),
    ] {
        assert!(!text.contains(secret), "{what} is in {text}");
    }
    // Six digits may occur in a fingerprint or a time by chance, so only a separate word counts as a code.
    for code in [&code, &world.wrong_code()] {
        let alone = text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == code.expose_digits());
        assert!(!alone, "a code is in {text}");
    }
}

#[tokio::test]
async fn a_revocation_names_the_session_and_the_scope_that_it_ended() {
    let (world, alice) = (world(), alice());
    let session = "session: Some(\"";
    for (named, expected) in [
        ("user", (false, false)),
        ("login", (true, false)),
        ("scope", (false, true)),
        ("grant", (true, true)),
    ] {
        world.events.names();
        match named {
            "user" => world.mfa.revoke_user(alice.user()).await.unwrap(),
            "login" => world.mfa.revoke_login(alice.user(), alice.login()).await.unwrap(),
            "scope" => world.mfa.revoke_scope(alice.user(), &pay()).await.unwrap(),
            _ => world.mfa.revoke_grant(&alice, &pay()).await.unwrap(),
        }
        let text = world.events.text();
        assert_eq!(
            (text.contains(session), text.contains("scope: Some(Scope(pay))")),
            expected,
            "{named}: {text}"
        );
    }
}
