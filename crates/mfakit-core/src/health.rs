//! Result of [`Mfa::health`](crate::engine::Mfa::health).
//!
//! | check | degraded | failed |
//! |---|---|---|
//! | `store` | it takes more than 250 ms, or is more than 80% full | it returns an error, or nothing within 900 ms |
//! | `provider` | the last call failed | its credentials are rejected, or three calls in a row failed |
//! | `secrets` | the app configured none, so the secret is random and ends with the process | never |
//! | `clock` | it differs from the store's or the provider's by more than two seconds | it differs from the store's by more than the [policy](crate::policy::Policy) tolerates |
//!
//! A readiness probe should use [`Health::is_ready`], which only depends on what another instance may do better. If the
//! provider or a shared store is down, it is down for every instance, so taking them out of service would end the whole
//! app instead of its guarded routes. Those fail closed by themselves: they answer 503.

use std::fmt;

pub use crate::clock_offset::ClockOffset;

/// State of an engine and of what it depends on.
///
/// `Display` writes one line with the text of each check that is not ok, for the log.
///
/// ```
/// # use mfakit_core::Mfa;
/// # async fn example(mfa: &Mfa) {
/// let health = mfa.health().await;
/// let status = if health.is_ready() { 200 } else { 503 };
/// let body = health.to_json(); // {"ready":true,"status":"ok","checks":{"store":"ok",…}}
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Health {
    pub(crate) checks: [HealthCheck; 4],
    pub(crate) is_ready: bool,
    pub(crate) store_offset: Option<ClockOffset>,
    pub(crate) provider_offset: Option<ClockOffset>,
}

/// One check of a [`Health`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HealthCheck {
    /// Name of the check: `store`, `provider`, `secrets` or `clock`.
    pub name: &'static str,
    /// Result of the check.
    pub status: HealthStatus,
    /// Explanation for an operator. It may contain the text of an error of the store, and so the name of a host. It
    /// contains no user, number, code, token or secret.
    pub text: String,
}

/// Status of a [`HealthCheck`], from good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HealthStatus {
    /// Nothing to do.
    Ok,
    /// It works, and an operator should look at it.
    Degraded,
    /// It does not work.
    Failed,
}

impl HealthStatus {
    /// Returns the status as it is written in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Degraded => "degraded",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for HealthStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl HealthCheck {
    pub(crate) fn new(name: &'static str, status: HealthStatus, text: impl Into<String>) -> Self {
        Self { name, status, text: text.into() }
    }
}

impl Health {
    /// Names of the checks, in their order.
    #[cfg(any(feature = "metrics", test))]
    pub(crate) const NAMES: [&'static str; 4] = ["store", "provider", "secrets", "clock"];

    /// Returns the worst status of all checks.
    #[must_use]
    pub fn status(&self) -> HealthStatus {
        self.checks.iter().map(|check| check.status).max().unwrap_or(HealthStatus::Ok)
    }

    /// Returns whether this instance should receive requests. It is false if the clocks of the store and of the provider
    /// agree that this instance's clock is wrong, or if a store that only this process uses failed. It does not depend on
    /// what all instances share: the provider, or a shared store and its clock.
    #[must_use]
    pub const fn is_ready(&self) -> bool {
        self.is_ready
    }

    /// Returns all checks.
    #[must_use]
    pub const fn checks(&self) -> &[HealthCheck] {
        &self.checks
    }

    /// Returns the check of this name.
    #[must_use]
    pub fn check(&self, name: &str) -> Option<&HealthCheck> {
        self.checks.iter().find(|check| check.name == name)
    }

    /// Returns the offset of the store's clock, if the store has one.
    #[must_use]
    pub const fn store_clock_offset(&self) -> Option<ClockOffset> {
        self.store_offset
    }

    /// Returns the offset of the provider's clock, if the provider has answered and says it. It is exact to a second.
    #[must_use]
    pub const fn provider_clock_offset(&self) -> Option<ClockOffset> {
        self.provider_offset
    }

    /// Returns the names and the statuses as JSON, without the texts:
    /// `{"ready":true,"status":"ok","checks":{"store":"ok","provider":"ok","secrets":"ok","clock":"ok"}}`.
    ///
    /// All of it consists of words in this documentation, so the answer tells a stranger no more than these states.
    #[must_use]
    pub fn to_json(&self) -> String {
        let checks: Vec<_> =
            self.checks.iter().map(|check| format!("\"{}\":\"{}\"", check.name, check.status)).collect();
        let (ready, status, checks) = (self.is_ready, self.status(), checks.join(","));
        format!("{{\"ready\":{ready},\"status\":\"{status}\",\"checks\":{{{checks}}}}}")
    }
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status())?;
        let unwell = self.checks.iter().filter(|check| check.status != HealthStatus::Ok);
        for (at, check) in unwell.enumerate() {
            let separator = if at == 0 { ": " } else { "; " };
            write!(f, "{separator}{} {}: {:?}", check.name, check.status, check.text)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn health(statuses: [HealthStatus; 4]) -> Health {
        let mut names = Health::NAMES.into_iter().zip(statuses);
        let checks = std::array::from_fn(|_| {
            let (name, status) = names.next().unwrap();
            HealthCheck::new(name, status, "a\nb")
        });
        Health { checks, is_ready: true, store_offset: None, provider_offset: None }
    }

    #[test]
    fn the_worst_status_is_that_of_the_whole() {
        use HealthStatus::{Degraded, Failed, Ok};

        assert_eq!(health([Ok; 4]).status(), Ok);
        assert_eq!(health([Ok, Ok, Degraded, Ok]).status(), Degraded);
        assert_eq!(health([Degraded, Failed, Ok, Ok]).status(), Failed);
    }

    #[test]
    fn the_json_has_no_text_and_the_line_has_no_break() {
        let mixed =
            health([HealthStatus::Ok, HealthStatus::Failed, HealthStatus::Degraded, HealthStatus::Ok]);
        let json: serde_json::Value = serde_json::from_str(&mixed.to_json()).unwrap();
        let expected = serde_json::json!({
            "ready": true,
            "status": "failed",
            "checks": { "store": "ok", "provider": "failed", "secrets": "degraded", "clock": "ok" },
        });
        assert_eq!(json, expected);
        assert_eq!(mixed.to_string(), r#"failed: provider failed: "a\nb"; secrets degraded: "a\nb""#);
    }
}
