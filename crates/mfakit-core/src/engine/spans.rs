//! Spans of the engine's operations, for `tracing`, with OpenTelemetry's names of fields.
//!
//! | span | level | fields |
//! |---|---|---|
//! | `mfa.start` | INFO | `mfa.scope`, `mfa.channel`, `mfa.country`, `mfa.outcome` |
//! | `mfa.verify` | INFO | `mfa.scope`, `mfa.country`, `mfa.outcome` |
//! | `mfa.check` | DEBUG | `mfa.scope`, `mfa.operation`, `mfa.outcome` |
//! | `mfa.provider` | INFO | `mfa.operation`, `mfa.outcome` |
//! | `mfa.notifier` | INFO | `mfa.operation`, `mfa.outcome` |
//! | `mfa.store` | DEBUG | `mfa.operation`, `mfa.outcome` |
//!
//! 1. All have `otel.kind`. A span that failed has `otel.status_code` and `error.type`. A wrong code, a limit and a
//!    missing grant are not failures.
//! 2. No field contains a user, a number, a code, a token or a session. A scope that was not declared is left out.
//! 3. A check without a subscriber that wants its span reads one atomic and creates nothing.

use tracing::{Instrument as _, Span, debug_span, field::Empty, info_span};

use crate::{channel::Channel, destinations::Area, engine::reason::Ended, scope::Scope};

/// Creates the span of a start.
pub(crate) fn start(scope: Option<&Scope>, channel: Channel) -> Span {
    info_span!(
        target: "mfakit",
        "mfa.start",
        otel.kind = "internal",
        otel.status_code = Empty,
        "error.type" = Empty,
        mfa.scope = scope.map(Scope::as_str),
        mfa.channel = channel.as_str(),
        mfa.country = Empty,
        mfa.outcome = Empty,
    )
}

/// Creates the span of a verify.
pub(crate) fn verify(scope: Option<&Scope>) -> Span {
    info_span!(
        target: "mfakit",
        "mfa.verify",
        otel.kind = "internal",
        otel.status_code = Empty,
        "error.type" = Empty,
        mfa.scope = scope.map(Scope::as_str),
        mfa.country = Empty,
        mfa.outcome = Empty,
    )
}

/// Creates the span of a check, or returns `None` if no subscriber wants it.
#[inline]
pub(crate) fn check(operation: &'static str, scope: &Scope) -> Option<Span> {
    let span = debug_span!(
        target: "mfakit",
        "mfa.check",
        otel.kind = "internal",
        otel.status_code = Empty,
        "error.type" = Empty,
        mfa.scope = scope.as_str(),
        mfa.operation = operation,
        mfa.outcome = Empty,
    );
    (!span.is_disabled()).then_some(span)
}

/// Returns whether a subscriber wants the span of a check.
#[inline]
pub(crate) fn wants_check() -> bool {
    tracing::span_enabled!(target: "mfakit", tracing::Level::DEBUG)
}

/// Creates the span of a call of the provider.
pub(crate) fn provider(operation: &'static str) -> Span {
    info_span!(
        target: "mfakit",
        "mfa.provider",
        otel.kind = "client",
        otel.status_code = Empty,
        "error.type" = Empty,
        mfa.operation = operation,
        mfa.outcome = Empty,
    )
}

/// Creates the span of a call of the notifier.
pub(crate) fn notifier(kind: &'static str) -> Span {
    info_span!(
        target: "mfakit",
        "mfa.notifier",
        otel.kind = "client",
        otel.status_code = Empty,
        "error.type" = Empty,
        mfa.operation = kind,
        mfa.outcome = Empty,
    )
}

/// Creates the span of a call of the store.
pub(crate) fn store(operation: &'static str) -> Span {
    debug_span!(
        target: "mfakit",
        "mfa.store",
        otel.kind = "client",
        otel.status_code = Empty,
        "error.type" = Empty,
        mfa.operation = operation,
        mfa.outcome = Empty,
    )
}

/// Awaits `operation` in its span, and records its outcome there.
pub(crate) async fn within<T>(
    span: Span,
    operation: impl Future<Output = T>,
    ended: impl FnOnce(&T) -> Ended,
) -> T {
    let result = operation.instrument(span.clone()).await;
    if !span.is_disabled() {
        end(&span, ended(&result));
    }
    result
}

/// Records an outcome.
pub(crate) fn end(span: &Span, Ended { outcome, has_failed }: Ended) {
    span.record("mfa.outcome", outcome);
    if has_failed {
        span.record("otel.status_code", "ERROR");
        span.record("error.type", outcome);
    }
}

/// Returns whether no subscriber wants the span of the current operation.
pub(crate) fn is_unwatched() -> bool {
    Span::current().is_disabled()
}

/// Records the country of the number in the span of the current operation.
pub(crate) fn country(area: Area) {
    let span = Span::current();
    if !span.is_disabled() {
        span.record("mfa.country", tracing::field::display(area));
    }
}
