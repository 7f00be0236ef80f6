//! Counts of events.

use ::metrics::Counter;

use crate::{
    channel::Channel,
    engine::{
        meter::{labels::Labels, series::Series},
        reason::{CHECK_REASONS, START_REASONS, start_reason},
    },
    event::{Event, EventKind},
    metrics::{
        CHECKS, CONSUMED, CONVERSIONS, FAILURES, LOCKS, OTHER, REJECTIONS, SENDS, STARTS, SURGES, VERDICTS,
    },
    provider::ProviderErrorKind,
    region::Region,
    scope::Scope,
};

/// Sources of failures that are not of the provider, as events name them, and their labels.
const SOURCES: [(&str, &str); 5] = [
    ("identify", "identify"),
    ("directory", "directory"),
    ("risk check", "risk_check"),
    ("number check", "number_check"),
    ("on_rejection", "on_rejection"),
];

/// Counts of one scope.
struct ScopeCounters {
    starts: Counter,
    granted: Counter,
    denied: Counter,
}

/// Counts of countries.
struct Countries {
    named: Vec<(Region, Counter)>,
    other: Counter,
}

/// Counts of one kind, by two labels.
type Table = Vec<([&'static str; 2], Counter)>;

/// Counters of one engine.
pub(super) struct Counters {
    /// In ascending order of the scopes.
    scopes: Vec<(Scope, ScopeCounters)>,
    other_scope: ScopeCounters,
    sends: Vec<(Channel, Countries)>,
    conversions: Countries,
    approved: Counter,
    rejected: Counter,
    repeated: Counter,
    consumed: Counter,
    locked: Counter,
    disabled: Counter,
    surges: Counter,
    rejections: Table,
    failures: Table,
}

impl Counters {
    pub(super) fn new(series: Series<'_>, labels: &Labels) -> Self {
        let of_scope = |scope: &str| ScopeCounters {
            starts: series.counter(STARTS, &[("scope", scope)]),
            granted: series.counter(CHECKS, &[("scope", scope), ("outcome", "granted")]),
            denied: series.counter(CHECKS, &[("scope", scope), ("outcome", "denied")]),
        };
        let sends = Channel::all().iter().filter(|channel| !labels.countries(**channel).is_empty());
        let sends = sends.map(|channel| {
            let with =
                |country: &str| series.counter(SENDS, &[("channel", channel.as_str()), ("country", country)]);
            (*channel, Countries::new(labels.countries(*channel).iter().copied(), with))
        });
        let converted = |country: &str| series.counter(CONVERSIONS, &[("country", country)]);
        let verdict = |verdict| series.counter(VERDICTS, &[("verdict", verdict)]);
        let lock = |kind| series.counter(LOCKS, &[("kind", kind)]);
        Self {
            scopes: labels.scopes.iter().map(|scope| (*scope, of_scope(scope.as_str()))).collect(),
            other_scope: of_scope(OTHER),
            sends: sends.collect(),
            conversions: Countries::new(labels.all_countries(), converted),
            approved: verdict("approved"),
            rejected: verdict("rejected"),
            repeated: verdict("repeated"),
            consumed: series.counter(CONSUMED, &[]),
            locked: lock("timed"),
            disabled: lock("permanent"),
            surges: series.counter(SURGES, &[]),
            rejections: rejections(series),
            failures: failures(series),
        }
    }

    pub(super) fn granted(&self, scope: &Scope) {
        self.scope(scope).granted.increment(1);
    }

    pub(super) fn converted(&self, region: Option<Region>) {
        self.conversions.find(|named| Some(*named) == region).increment(1);
    }

    pub(super) fn count(&self, event: &Event<'_>) {
        let scope = event.about.scope.map_or(&self.other_scope, |scope| self.scope(scope));
        match event.kind {
            EventKind::CodeSent { region, .. } => {
                scope.starts.increment(1);
                let channel = self.sends.iter().find(|(channel, _)| Some(*channel) == event.about.channel);
                if let Some((_, countries)) = channel {
                    countries.find(|named| named.as_str() == region).increment(1);
                }
            }
            EventKind::SendRejected { why, .. } => {
                scope.starts.increment(1);
                increment(&self.rejections, ["start", start_reason(why)]);
            }
            EventKind::CodeRejected { .. } => self.rejected.increment(1),
            EventKind::Granted { .. } => self.approved.increment(1),
            EventKind::Repeated { .. } => self.repeated.increment(1),
            EventKind::Locked { .. } => self.locked.increment(1),
            EventKind::Disabled { .. } => self.disabled.increment(1),
            EventKind::AttemptRejected { .. } => increment(&self.rejections, ["verify", "locked"]),
            EventKind::ChallengeOver => increment(&self.rejections, ["verify", "challenge_over"]),
            EventKind::RejectionSurge => self.surges.increment(1),
            EventKind::Consumed => self.consumed.increment(1),
            EventKind::Denied { reason } => {
                scope.denied.increment(1);
                increment(&self.rejections, ["check", reason.as_str()]);
            }
            EventKind::ForgeryRejected { .. } => increment(&self.rejections, ["form", "forgery"]),
            EventKind::ProviderFailed { kind, .. } => increment(&self.failures, ["provider", kind.label()]),
            EventKind::StoreFailed { .. } => increment(&self.failures, ["store", "error"]),
            EventKind::AppFailed { function, .. } => increment(&self.failures, [source(function), "error"]),
            EventKind::NumberUnreadable { .. } => increment(&self.failures, ["directory", "unreadable"]),
            EventKind::RecoveryUnreadable => increment(&self.failures, ["recovery book", "unreadable"]),
            EventKind::Misconfigured { .. } => increment(&self.failures, ["app", "misconfigured"]),
            EventKind::NoticeFailed { .. } => increment(&self.failures, ["notifier", "error"]),
            EventKind::Unlocked
            | EventKind::NoticeSent { .. }
            | EventKind::Revoked { .. }
            | EventKind::NumberForgotten
            | EventKind::NumberAdded { .. }
            | EventKind::NumberReplaced { .. }
            | EventKind::NumberRemoved { .. }
            | EventKind::NumberChanged
            | EventKind::NumberChangeRejected { .. }
            | EventKind::RecoveryCodesMade { .. }
            | EventKind::RecoveryCodeUsed { .. }
            | EventKind::RecoveryCodeRejected { .. }
            | EventKind::RecoveryAllowed { .. }
            | EventKind::RecoveryRevoked { .. }
            | EventKind::RecoveryConsumed
            | EventKind::RecoveryRevocationPending { .. }
            | EventKind::RevocationPending
            | EventKind::RoutesNotReached { .. }
            | EventKind::NumberChecked { .. }
            | EventKind::ClientAddressNotConfigured => {}
        }
    }

    fn scope(&self, scope: &Scope) -> &ScopeCounters {
        let at = self.scopes.binary_search_by(|(named, _)| named.cmp(scope)).ok();
        at.and_then(|at| self.scopes.get(at)).map_or(&self.other_scope, |(_, counters)| counters)
    }
}

impl Countries {
    fn new(named: impl Iterator<Item = Region>, counter: impl Fn(&str) -> Counter) -> Self {
        Self {
            named: named.map(|region| (region, counter(region.as_str()))).collect(),
            other: counter(OTHER),
        }
    }

    fn find(&self, is_it: impl Fn(&Region) -> bool) -> &Counter {
        self.named.iter().find(|(region, _)| is_it(region)).map_or(&self.other, |(_, counter)| counter)
    }
}

fn rejections(series: Series<'_>) -> Table {
    let start = START_REASONS.iter().map(|(_, label)| ["start", label]);
    let verify = ["locked", "challenge_over"].map(|reason| ["verify", reason]);
    let check = CHECK_REASONS.iter().map(|reason| ["check", reason.as_str()]);
    let rest = [["start", OTHER], ["form", "forgery"]];
    let all = start.chain(verify).chain(check).chain(rest);
    let with = |[operation, reason]: [&'static str; 2]| {
        let labels = [("operation", operation), ("reason", reason)];
        ([operation, reason], series.counter(REJECTIONS, &labels))
    };
    all.map(with).collect()
}

fn failures(series: Series<'_>) -> Table {
    let provider = ProviderErrorKind::LABELS.iter().map(|label| ["provider", label]);
    let functions = SOURCES.iter().map(|(_, label)| [*label, "error"]);
    let rest = [
        ["store", "error"],
        ["notifier", "error"],
        ["directory", "unreadable"],
        ["app", "misconfigured"],
        [OTHER, "error"],
    ];
    let with = |[source, error_type]: [&'static str; 2]| {
        let labels = [("source", source), ("error_type", error_type)];
        ([source, error_type], series.counter(FAILURES, &labels))
    };
    provider.chain(functions).chain(rest).map(with).collect()
}

/// Counts in the series with these labels. There is one for all labels that occur, which a test checks.
fn increment(table: &Table, labels: [&str; 2]) {
    if let Some((_, counter)) = table.iter().find(|(of, _)| *of == labels) {
        counter.increment(1);
    }
}

/// Returns the label of a function of the app.
fn source(function: &str) -> &'static str {
    // Both have the phone numbers.
    let function = if function == "number book" { "directory" } else { function };
    SOURCES.iter().find(|(name, _)| *name == function).map_or(OTHER, |(_, label)| label)
}
