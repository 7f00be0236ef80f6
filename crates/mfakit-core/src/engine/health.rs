//! Checks the engine and what it depends on, for a readiness probe.

use std::time::{Duration, Instant};

use crate::{
    clock::Timestamp,
    engine::{
        mfa::Mfa,
        ports::{LastCalls, StorePort},
    },
    health::{ClockOffset, Health, HealthCheck, HealthStatus},
    provider::{ProviderErrorKind, ProviderHealth, TokenHealth},
    store::Sharing,
};

/// Time after which the store counts as failed. Probes usually wait for a second.
const STORE_LIMIT: Duration = Duration::from_millis(900);
/// Time after which the store counts as slow.
const STORE_SLOW: Duration = Duration::from_millis(250);
/// Share of its capacity above which the store counts as nearly full.
const STORE_NEARLY_FULL: f64 = 0.8;
/// Difference between two clocks above which an operator should look at them.
const CLOCK_APART: Duration = Duration::from_secs(2);
/// Failures in a row after which the provider counts as down.
const PROVIDER_DOWN: u32 = 3;

/// Result of a probe of the store.
struct Probed {
    check: HealthCheck,
    offset: Option<ClockOffset>,
}

impl Mfa {
    /// Checks the store, the provider, the secrets and the clock. [The module `health`](crate::health) lists the meaning of
    /// each result, and what a readiness probe should do with it.
    ///
    /// Reads the store once, within 900 ms. The provider is not called: its state is that of its token and of the last
    /// calls. Nothing is logged, so the caller decides how often an operator reads the result.
    ///
    /// ```
    /// # use mfakit_core::Mfa;
    /// # async fn example(mfa: &Mfa) {
    /// let health = mfa.health().await;
    /// for check in health.checks() {
    ///     println!("{} is {}: {}", check.name, check.status, check.text);
    /// }
    /// # }
    /// ```
    pub async fn health(&self) -> Health {
        let inner = &self.inner;
        let store = probed(&inner.store, inner.observer.now(), || inner.observer.now()).await;
        let provider = inner.provider.health();
        let provider_offset = provider.as_ref().and_then(|(provider, _)| provider.clock_offset);
        let tolerated = inner.policy.clock_skew;
        let clock = clock(store.offset, provider_offset, tolerated);
        let is_alone = inner.store.sharing() == Sharing::SingleProcess;
        let has_failed = |check: &HealthCheck| check.status == HealthStatus::Failed;
        let health = Health {
            is_ready: !(is_at_fault(store.offset, provider_offset, tolerated)
                || (is_alone && has_failed(&store.check))),
            checks: [store.check, provider_check(provider, inner.observer.now()), self.secrets(), clock],
            store_offset: store.offset,
            provider_offset,
        };
        inner.observer.meter().health(&health);
        health
    }

    fn secrets(&self) -> HealthCheck {
        match self.inner.secrets {
            0 => HealthCheck::new(
                "secrets",
                HealthStatus::Degraded,
                "the secret is random: open challenge pages and links end with this process; set .secret(..)",
            ),
            1 => HealthCheck::new("secrets", HealthStatus::Ok, "one secret"),
            some => HealthCheck::new(
                "secrets",
                HealthStatus::Ok,
                format!("{some} secrets: the first is used for writing, and all of them for reading"),
            ),
        }
    }
}

async fn probed(store: &StorePort, now: Timestamp, later: impl Fn() -> Timestamp) -> Probed {
    let check = |status, text: String| HealthCheck::new("store", status, text);
    let begun = Instant::now();
    let answer = store.probe(now, STORE_LIMIT).await;
    let took = begun.elapsed();
    let time = match answer {
        Ok(probe) => probe.time,
        Err(error) => return Probed { check: check(HealthStatus::Failed, error), offset: None },
    };
    // The store read its clock at some time between the two readings of this one.
    let middle = now + later().since(now) / 2;
    let offset = time.map(|time| ClockOffset::between(time, middle));
    let sharing = match store.sharing() {
        Sharing::SingleProcess => "of this process",
        Sharing::Shared => "shared by all instances",
    };
    let millis = took.as_millis();
    let fullest = store.size().map(|size| size.fullest());
    let check = if took > STORE_SLOW {
        check(HealthStatus::Degraded, format!("{sharing}: it took {millis} ms"))
    } else if let Some(fullest) = fullest.filter(|fullest| *fullest > STORE_NEARLY_FULL) {
        check(HealthStatus::Degraded, format!("{sharing}: {:.0}% full", fullest * 100.0))
    } else {
        check(HealthStatus::Ok, format!("{sharing}: it took {millis} ms"))
    };
    Probed { check, offset }
}

fn provider_check(health: Option<(ProviderHealth, LastCalls)>, now: Timestamp) -> HealthCheck {
    let check = |status, text: String| HealthCheck::new("provider", status, text);
    let Some((health, calls)) = health else {
        return check(HealthStatus::Failed, "it panicked".to_owned());
    };
    let token = match health.token {
        None => String::new(),
        Some(TokenHealth::Missing) => "; no token yet".to_owned(),
        Some(TokenHealth::Requested) => "; a token is being requested".to_owned(),
        Some(TokenHealth::Valid { expires_in }) => {
            format!("; its token is renewed in {} s", expires_in.as_secs())
        }
        Some(TokenHealth::Failed { kind }) => format!("; its token request failed ({})", kind.label()),
    };
    let token_kind = match health.token {
        Some(TokenHealth::Failed { kind }) => Some(kind),
        _ => None,
    };
    let kinds = [calls.failure.map(|(kind, _)| kind), token_kind];
    if kinds.contains(&Some(ProviderErrorKind::Credentials)) {
        return check(HealthStatus::Failed, format!("it rejects the credentials{token}"));
    }
    match calls.failure {
        Some((kind, at)) => {
            let (failures, ago) = (calls.failures, now.since(at).as_secs());
            let status = if failures < PROVIDER_DOWN { HealthStatus::Degraded } else { HealthStatus::Failed };
            check(
                status,
                format!("failures in a row: {failures}, the last {ago} s ago ({}){token}", kind.label()),
            )
        }
        None if token_kind.is_some() => check(HealthStatus::Degraded, format!("no token{token}")),
        None if calls.has_succeeded => check(HealthStatus::Ok, format!("the last call succeeded{token}")),
        None => check(HealthStatus::Ok, format!("not called yet{token}")),
    }
}

fn clock(store: Option<ClockOffset>, provider: Option<ClockOffset>, tolerated: Duration) -> HealthCheck {
    let check = |status, text: String| HealthCheck::new("clock", status, text);
    let say = |name, offset: Option<ClockOffset>| match offset {
        Some(offset) => format!("the {name}'s clock is {offset}"),
        None => format!("the {name}'s clock is unknown"),
    };
    let text = format!("{}; {}", say("store", store), say("provider", provider));
    // Grants carry the time of a shared store, and are judged by the app's clock. The provider's is only evidence.
    if store.is_some_and(|offset| offset.abs() > tolerated) {
        check(HealthStatus::Failed, format!("{text}: synchronize the clocks by NTP"))
    } else if [store, provider].into_iter().flatten().any(|offset| offset.abs() > CLOCK_APART) {
        check(HealthStatus::Degraded, format!("{text}: synchronize the clocks by NTP"))
    } else {
        check(HealthStatus::Ok, text)
    }
}

/// Returns whether the app's clock is wrong, and not that of the store: the provider's clock differs from it as well, to
/// the same side. A store whose clock is wrong differs from all instances, and must not end the readiness of all.
fn is_at_fault(store: Option<ClockOffset>, provider: Option<ClockOffset>, tolerated: Duration) -> bool {
    let is_far = |offset: ClockOffset| offset.abs() > tolerated;
    store.zip(provider).is_some_and(|(store, provider)| {
        is_far(store) && is_far(provider) && (store.as_millis() < 0) == (provider.as_millis() < 0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offset(secs: i64) -> ClockOffset {
        let (noon, span) =
            (Timestamp::from_millis(1_767_268_800_000), Duration::from_secs(secs.unsigned_abs()));
        ClockOffset::between(if secs < 0 { noon - span } else { noon + span }, noon)
    }

    #[test]
    fn a_clock_is_judged_by_those_of_the_store_and_the_provider() {
        use HealthStatus::{Degraded, Failed, Ok};

        for (store, provider, status, is_wrong) in [
            (None, None, Ok, false),
            (Some(0), Some(1), Ok, false),
            (Some(3), None, Degraded, false),
            (Some(0), Some(-60), Degraded, false),
            (Some(60), None, Failed, false),
            (Some(60), Some(0), Failed, false),
            (Some(60), Some(-60), Failed, false),
            (Some(60), Some(61), Failed, true),
            (Some(-60), Some(-60), Failed, true),
        ] {
            let (store, provider) = (store.map(offset), provider.map(offset));
            let tolerated = Duration::from_secs(5);
            let check = clock(store, provider, tolerated);
            assert_eq!(check.status, status, "{}", check.text);
            assert_eq!(is_at_fault(store, provider, tolerated), is_wrong, "{}", check.text);
        }
    }

    #[test]
    fn the_state_of_a_token_is_part_of_the_providers() {
        let calls = LastCalls { has_succeeded: true, ..LastCalls::default() };
        for (token, status, text) in [
            (TokenHealth::Missing, HealthStatus::Ok, "the last call succeeded; no token yet"),
            (
                TokenHealth::Valid { expires_in: Duration::from_secs(90) },
                HealthStatus::Ok,
                "the last call succeeded; its token is renewed in 90 s",
            ),
            (
                TokenHealth::Failed { kind: ProviderErrorKind::Unreachable },
                HealthStatus::Degraded,
                "no token; its token request failed (unreachable)",
            ),
            (
                TokenHealth::Failed { kind: ProviderErrorKind::Credentials },
                HealthStatus::Failed,
                "it rejects the credentials; its token request failed (credentials)",
            ),
        ] {
            let check =
                provider_check(Some((ProviderHealth::new().token(token), calls)), Timestamp::from_millis(0));
            assert_eq!((check.status, check.text.as_str()), (status, text));
        }
    }
}
