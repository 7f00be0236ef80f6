//! Observer that writes events to the log.

use std::{cell::LazyCell, time::Duration};

use crate::{
    action::{self, LineValue, Words, safe_text},
    channel::Channel,
    clock::whole_seconds,
    event::{Event, EventKind, Observer},
    number_check::{Facts, LineType, Moment},
    scope::Scope,
    store::Revocation,
    subject::UserId,
};

/// Observer that writes every event to `tracing` with the target `mfakit`. Successes are logged at `INFO`, rejections
/// at `WARN` (a missing grant at `INFO`), and problems that an operator must fix at `ERROR`.
///
/// Every line has a [message](EventKind::message), `event` (the [name](EventKind::name)) and, if known, `user`, `session`, `scope`, `channel`, `amr`,
/// `challenge`, `address`, `outcome` and `why`. A line about an action also has `approval`, `digest`, `amount`,
/// `payee` and `lines`. The last three are data of the app. All of these values are strings, so that none can break out of its
/// line.
///
/// This observer is the default. An app with its own observer can call it from there:
///
/// ```
/// use mfakit_core::{Observer, event::{Event, TracingObserver}};
///
/// /// Writes the log and counts.
/// struct LogAndCount(std::sync::atomic::AtomicU64);
///
/// impl Observer for LogAndCount {
///     fn observe(&self, event: &Event<'_>) {
///         TracingObserver.observe(event);
///         self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct TracingObserver;

/// Fields that an event kind adds to a line.
#[derive(Default)]
struct Line<'a> {
    level: Level,
    outcome: &'static str,
    why: Option<&'a str>,
    retry_after: Option<Duration>,
    attempts_left: Option<u32>,
    failures: Option<u32>,
    lifetime: Option<Duration>,
    sent_to: Option<&'a str>,
    number: Option<&'a str>,
    replaced: Option<&'a str>,
    region: Option<&'a str>,
    provider_id: Option<&'a str>,
    line_type: Option<&'a str>,
    sim_swapped: Option<bool>,
    recycled: Option<bool>,
    error: Option<&'a str>,
}

#[derive(Clone, Copy, Default)]
enum Level {
    #[default]
    Info,
    Warn,
    Error,
}

impl Observer for TracingObserver {
    fn observe(&self, event: &Event<'_>) {
        let about = &event.about;
        let user = about.user.map(UserId::as_str);
        let scope = about.scope.map(Scope::as_str);
        let channel = about.channel.map(Channel::as_str);
        let amr = about.channel.map(Channel::amr);
        // Composed only if a subscriber wants the line.
        let words = LazyCell::new(|| about.words());
        let (name, message) = (event.name(), event.kind.message());
        let line = line(&event.kind);
        macro_rules! write_at {
            ($level:ident) => {
                tracing::$level!(
                    target: "mfakit",
                    event = name,
                    outcome = line.outcome,
                    user,
                    session = text(about.session()).as_deref(),
                    scope,
                    channel,
                    amr,
                    challenge = text(about.challenge_fingerprint()).as_deref(),
                    address = text(about.address).as_deref(),
                    approval = text(about.approval).as_deref(),
                    digest = text(about.digest).as_deref(),
                    amount = amount(words.as_deref()).as_deref(),
                    payee = payee(words.as_deref()).as_deref(),
                    lines = lines(words.as_deref()).as_deref(),
                    why = line.why,
                    retry_after_s = line.retry_after.map(whole_seconds),
                    attempts_left = line.attempts_left,
                    failures = line.failures,
                    lifetime_s = line.lifetime.map(|lifetime| lifetime.as_secs()),
                    sent_to = line.sent_to,
                    number = line.number,
                    replaced = line.replaced,
                    region = line.region,
                    provider_id = line.provider_id,
                    line_type = line.line_type,
                    sim_swapped = line.sim_swapped,
                    recycled = line.recycled,
                    error = line.error,
                    "{message}"
                )
            };
        }
        match line.level {
            Level::Info => write_at!(info),
            Level::Warn => write_at!(warn),
            Level::Error => write_at!(error),
        }
    }
}

fn text(value: Option<impl ToString>) -> Option<String> {
    value.map(|value| value.to_string())
}

fn amount(words: Option<&Words>) -> Option<String> {
    text(words?.amount())
}

/// Returns the payee, without the line breaks of a stranger.
fn payee(words: Option<&Words>) -> Option<String> {
    words?.payee().map(safe_text::for_page)
}

/// Joins the lines of an action, without the line breaks of a stranger. `None` if there is none.
fn lines(words: Option<&Words>) -> Option<String> {
    let lines = words?.lines();
    let line = |line: &action::Line| {
        let value = match line.value() {
            LineValue::Text(text) => safe_text::for_page(text),
            LineValue::Amount(amount) => amount.to_string(),
        };
        format!("{}: {value}", safe_text::for_page(line.label()))
    };
    (!lines.is_empty()).then(|| lines.iter().map(line).collect::<Vec<_>>().join("; "))
}

/// Notice that the client address is not configured.
const UNCOUNTED: &str = "sends are not limited by client address: add .client_address(…) to the Mfa builder";

fn line<'a>(kind: &EventKind<'a>) -> Line<'a> {
    let went_well = |outcome| Line { outcome, ..Line::default() };
    let rejected = |outcome| Line { level: Level::Warn, outcome, ..Line::default() };
    let failed =
        |error| Line { level: Level::Error, outcome: "failed", error: Some(error), ..Line::default() };
    match *kind {
        EventKind::CodeSent { sent_to, region, provider_id } => sent(sent_to, region, provider_id),
        EventKind::SendRejected { why, retry_after, .. } => {
            Line { why: Some(why), retry_after, ..rejected("rejected") }
        }
        EventKind::CodeRejected { attempts_left, failures } => {
            Line { attempts_left: Some(attempts_left), failures: Some(failures), ..rejected("rejected") }
        }
        EventKind::Locked { failures, .. } => Line { failures: Some(failures), ..rejected("locked") },
        EventKind::Disabled { failures } => Line { failures: Some(failures), ..rejected("disabled") },
        EventKind::AttemptRejected { retry_after } => {
            Line { why: Some("locked"), retry_after, ..rejected("rejected") }
        }
        EventKind::Unlocked => went_well("unlocked"),
        EventKind::ChallengeOver => Line { why: Some("challenge over"), ..rejected("rejected") },
        EventKind::RejectionSurge => rejected("noticed"),
        EventKind::Granted { lifetime, failures } => {
            Line { lifetime: Some(lifetime), failures: Some(failures), ..went_well("granted") }
        }
        EventKind::Repeated { lifetime } => Line { lifetime: Some(lifetime), ..went_well("repeated") },
        EventKind::Consumed | EventKind::RecoveryConsumed => went_well("consumed"),
        EventKind::Denied { reason } => Line { why: Some(reason.as_str()), ..went_well("denied") },
        EventKind::Revoked { what } => Line { why: Some(revoked(&what)), ..went_well("revoked") },
        EventKind::NumberForgotten => went_well("forgotten"),
        EventKind::NumberAdded { number } => Line { number: Some(number), ..went_well("added") },
        EventKind::NumberReplaced { from, to } => {
            Line { number: Some(to), replaced: Some(from), ..went_well("replaced") }
        }
        EventKind::NumberRemoved { number } => Line { replaced: Some(number), ..went_well("removed") },
        EventKind::NumberChanged => went_well("changed"),
        EventKind::NumberChangeRejected { why }
        | EventKind::RecoveryCodeRejected { why }
        | EventKind::ForgeryRejected { why } => Line { why: Some(why), ..rejected("rejected") },
        EventKind::RecoveryCodesMade { .. } => went_well("made"),
        EventKind::RecoveryCodeUsed { .. } => went_well("used"),
        EventKind::RecoveryAllowed { .. } => went_well("allowed"),
        EventKind::RecoveryRevoked { why } => Line { why: Some(why), ..went_well("revoked") },
        EventKind::RecoveryUnreadable => Line { level: Level::Error, ..rejected("unreadable") },
        EventKind::RecoveryRevocationPending { noted } => pending(noted),
        EventKind::RevocationPending => Line { level: Level::Error, outcome: "pending", ..Line::default() },
        EventKind::NumberChecked { moment, opinion, facts } => checked(moment, opinion, facts),
        EventKind::NoticeSent { notice } => Line { why: Some(notice), ..went_well("sent") },
        EventKind::NoticeFailed { notice, held: true, error } => {
            Line { why: Some(notice), outcome: "held", ..failed(error) }
        }
        EventKind::NoticeFailed { notice, error, .. } => Line { why: Some(notice), ..failed(error) },
        EventKind::ProviderFailed { error, .. }
        | EventKind::StoreFailed { error }
        | EventKind::Misconfigured { error } => failed(error),
        EventKind::NumberUnreadable { error } => Line { error: Some(error), ..rejected("unreadable") },
        EventKind::RoutesNotReached { notice } => Line { why: Some(notice), ..rejected("noticed") },
        EventKind::AppFailed { function, error } => Line { why: Some(function), ..failed(error) },
        EventKind::ClientAddressNotConfigured => Line { why: Some(UNCOUNTED), ..rejected("noticed") },
    }
}

fn pending(noted: bool) -> Line<'static> {
    let (why, level) = if noted { ("noted", Level::Warn) } else { ("not noted", Level::Error) };
    Line { why: Some(why), level, outcome: "pending", ..Line::default() }
}

fn checked(moment: Moment, opinion: &'static str, facts: Facts) -> Line<'static> {
    Line {
        why: Some(moment.as_str()),
        line_type: facts.line_type.map(LineType::as_str),
        sim_swapped: facts.sim_swapped,
        recycled: facts.recycled,
        outcome: opinion,
        ..Line::default()
    }
}

fn sent<'a>(sent_to: &'a str, region: &'a str, provider_id: &'a str) -> Line<'a> {
    Line {
        outcome: "sent",
        sent_to: Some(sent_to),
        region: Some(region),
        provider_id: Some(provider_id),
        ..Line::default()
    }
}

const fn revoked(what: &Revocation) -> &'static str {
    match what {
        Revocation::User => "the user",
        Revocation::Login(_) => "the session",
        Revocation::Scope(_) => "the scope",
        Revocation::Elevation(..) => "the grant",
        Revocation::Approval(..) => "the approval",
    }
}
