//! Spans of the operations: their names, their fields, and what they leave out.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, LazyLock, Mutex},
};

use mfakit_core::{
    Channel, Code, Requirement, Scope, StartRequest, Subject,
    provider::ProviderErrorKind,
    testing::{HookedStore, Outage, Verb},
};
use tracing::{
    Dispatch, Level, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
    subscriber::{DefaultGuard, NoSubscriber},
};
use tracing_subscriber::{Layer, layer::Context, layer::SubscriberExt as _, registry::LookupSpan};

use crate::world::{alice, pay, world, world_with};

/// A second subscriber. While a process has only one, tracing decides whether a span is enabled on the thread that
/// reaches it first, and keeps a negative answer for all threads.
static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::default()));

/// Span with its fields.
#[derive(Clone, Debug, Default)]
struct Spanned {
    name: &'static str,
    parent: Option<&'static str>,
    fields: BTreeMap<&'static str, String>,
}

impl Visit for Spanned {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.fields.insert(field.name(), format!("{value:?}").trim_matches('"').to_owned());
    }
}

/// Every span so far, in the order of their creation.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<(u64, Spanned)>>>);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let parent = context.span(id).and_then(|span| span.parent().map(|parent| parent.name()));
        let mut span = Spanned { name: attributes.metadata().name(), parent, ..Spanned::default() };
        attributes.record(&mut span);
        self.0.lock().unwrap().push((id.into_u64(), span));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut spans = self.0.lock().unwrap();
        // Identifiers are reused, so the last one counts.
        let span = spans.iter_mut().rev().find(|(of, _)| *of == id.into_u64()).unwrap();
        values.record(&mut span.1);
    }
}

impl Spans {
    fn listen(&self, most: Level) -> DefaultGuard {
        LazyLock::force(&SECOND);
        let filter = tracing_subscriber::filter::LevelFilter::from_level(most);
        tracing::subscriber::set_default(
            tracing_subscriber::registry().with(self.clone().with_filter(filter)),
        )
    }

    /// Returns the spans of this name since the last call.
    fn take(&self, name: &str) -> Vec<Spanned> {
        let all = std::mem::take(&mut *self.0.lock().unwrap());
        all.into_iter().map(|(_, span)| span).filter(|span| span.name == name).collect()
    }
}

/// Asserts the fields of a span, in alphabetical order.
#[track_caller]
fn assert_fields(span: &Spanned, expected: &[(&str, &str)]) {
    let fields: Vec<_> = span.fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(fields, expected, "{}", span.name);
}

#[tokio::test]
async fn each_operation_has_a_span_with_its_outcome() {
    let (spans, world) = (Spans::default(), world());
    let _listening = spans.listen(Level::DEBUG);
    let alice = alice();
    let live = world.start(&alice).await.unwrap();
    assert_fields(
        &spans.take("mfa.start")[0],
        &[
            ("mfa.channel", "messaging"),
            ("mfa.country", "US"),
            ("mfa.outcome", "sent"),
            ("mfa.scope", "pay"),
            ("otel.kind", "internal"),
        ],
    );
    let _ = world.start(&alice).await;
    assert_eq!(spans.take("mfa.start")[0].fields["mfa.outcome"], "cooling_down");

    let _ = world.answer(&alice, &live, &world.wrong_code()).await.unwrap_err();
    let wrong = &spans.take("mfa.verify")[0];
    assert_eq!(wrong.fields["mfa.outcome"], "wrong_code");
    assert!(!wrong.fields.contains_key("otel.status_code"), "a wrong code is not a failure: {wrong:?}");
    let verified = world.answer(&alice, &live, &world.right_code()).await.unwrap();
    assert_fields(
        &spans.take("mfa.verify")[0],
        &[
            ("mfa.country", "US"),
            ("mfa.outcome", "approved"),
            ("mfa.scope", "pay"),
            ("otel.kind", "internal"),
        ],
    );

    let requirement = Requirement::new(pay());
    for (token, outcome) in [(None, "missing"), (verified.token.as_ref(), "granted")] {
        let _ = world.mfa.check(Some(&alice), &requirement, token).await.unwrap();
        let check = spans.take("mfa.check");
        assert_eq!(check.len(), 1);
        let expected = [
            ("mfa.operation", "check"),
            ("mfa.outcome", outcome),
            ("mfa.scope", "pay"),
            ("otel.kind", "internal"),
        ];
        assert_fields(&check[0], &expected);
    }
    let _ = world.mfa.consume(Some(&alice), &requirement, verified.token.as_ref()).await.unwrap();
    assert_eq!(spans.take("mfa.check")[0].fields["mfa.operation"], "consume");
}

#[tokio::test]
async fn calls_of_the_provider_and_the_store_are_children() {
    let (spans, world) = (Spans::default(), world());
    let _listening = spans.listen(Level::DEBUG);
    let _ = world.start(&alice()).await.unwrap();
    let all = std::mem::take(&mut *spans.0.lock().unwrap());
    let calls: Vec<_> =
        all.iter().map(|(_, span)| span).filter(|span| span.parent == Some("mfa.start")).collect();
    let store: Vec<_> = calls
        .iter()
        .filter(|span| span.name == "mfa.store")
        .map(|span| span.fields["mfa.operation"].as_str())
        .collect();
    assert!(store.contains(&"reserve_send") && store.contains(&"open_challenge"), "{store:?}");
    let provider = calls.iter().find(|span| span.name == "mfa.provider").unwrap();
    let expected = [("mfa.operation", "send"), ("mfa.outcome", "ok"), ("otel.kind", "client")];
    assert_fields(provider, &expected);
}

#[tokio::test]
async fn failures_have_a_status_and_a_type() {
    let (spans, outage) = (Spans::default(), Outage::new());
    let store = HookedStore::new(mfakit_core::MemoryStore::new(), outage.clone());
    let world = world_with(|builder| builder.store(store));
    let _listening = spans.listen(Level::DEBUG);

    world.provider.fail_next_send(ProviderErrorKind::Unreachable);
    let _ = world.start(&alice()).await.unwrap_err();
    let call = &spans.0.lock().unwrap().clone();
    let call = &call.iter().find(|(_, span)| span.name == "mfa.provider").unwrap().1;
    let expected = [
        ("error.type", "unreachable"),
        ("mfa.operation", "send"),
        ("mfa.outcome", "unreachable"),
        ("otel.kind", "client"),
        ("otel.status_code", "ERROR"),
    ];
    assert_fields(call, &expected);
    let start = &spans.take("mfa.start")[0];
    assert_eq!(start.fields["error.type"], "provider_failed");
    assert_eq!(start.fields["otel.status_code"], "ERROR");

    outage.begin_for(Verb::Grant);
    let _ = world.mfa.check(Some(&alice()), &Requirement::new(pay()), None).await.unwrap();
    let check = &spans.take("mfa.check")[0];
    assert_eq!(check.fields["error.type"], "unavailable");
    assert_eq!(check.fields["otel.status_code"], "ERROR");
}

#[tokio::test]
async fn no_span_has_a_user_a_number_a_code_a_token_or_a_session() {
    let (spans, world) = (Spans::default(), world());
    let _listening = spans.listen(Level::TRACE);
    let alice = alice();
    let live = world.start(&alice).await.unwrap();
    let code = world.right_code();
    let _ = world.answer(&alice, &live, &world.wrong_code()).await.unwrap_err();
    let verified = world.answer(&alice, &live, &code).await.unwrap();
    let _ = world.mfa.check(Some(&alice), &Requirement::new(pay()), verified.token.as_ref()).await.unwrap();
    let all = format!("{:?}", spans.0.lock().unwrap());
    assert!(all.contains("mfa.check"), "{all}");
    let token = verified.token.unwrap();
    for secret in [
        "alice",
        "9195551234",
        code.expose_digits(),
        token.expose(),
        &live.id.to_string(),
        &alice.login().to_string(),
    ] {
        assert!(!all.contains(secret), "{secret} is in {all}");
    }
}

#[tokio::test]
async fn a_scope_that_was_not_declared_is_left_out() {
    let (spans, world) = (Spans::default(), world());
    let _listening = spans.listen(Level::INFO);
    let stranger = Scope::new("x-from-a-stranger").unwrap();
    let alice: Subject = alice();
    let request = StartRequest::new(stranger, Channel::Messaging);
    let _ = world.mfa.start(&alice, request).await.unwrap_err();
    let live = world.start(&alice).await.unwrap();
    let code = Code::parse("123456").unwrap();
    let _ = world.mfa.verify(&alice, &stranger, &live.id, &code).await.unwrap_err();
    let all = format!("{:?}", spans.0.lock().unwrap());
    assert!(all.contains("misconfigured") && !all.contains("stranger"), "{all}");
}

#[tokio::test]
async fn at_info_a_check_has_no_span() {
    let (spans, world) = (Spans::default(), world());
    let _listening = spans.listen(Level::INFO);
    let _ = world.mfa.check(Some(&alice()), &Requirement::new(pay()), None).await.unwrap();
    assert!(spans.0.lock().unwrap().is_empty());
}
